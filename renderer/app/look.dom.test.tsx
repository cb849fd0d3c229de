import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { busyFloor } from '#tests/fixtures/busy-floor.ts';
import { snapshotOf } from '#tests/fixtures/fake-desk.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

const FLOOR = busyFloor(13);
const palette = () => screen.getByRole('combobox', { name: 'Do anything' });
const rows = () => screen.getAllByRole('option').map(row => row.textContent);

test('[UI60][UI63] Ctrl+K does what is typed, and focus goes back to where it was', async () => {
  const { desk, press } = await renderConsole({}, 'call');
  const back = screen.getByRole('button', { name: 'Back' });
  back.focus();
  await press('k', { ctrlKey: true });
  expect(document.activeElement).toBe(palette());
  fireEvent.change(palette(), { target: { value: 'veto' } });
  await press('Enter');
  expect(desk.sent.map(one => one.verb)).toEqual(['veto-chunk']);
  expect(screen.queryByRole('combobox', { name: 'Do anything' })).toBeNull();
  expect(document.activeElement).toBe(back);
});

test('[UI63] a row that asks for the caret gives it to the field, not to where focus was', async () => {
  const { press } = await renderConsole({}, 'call');
  await press('k', { ctrlKey: true });
  fireEvent.change(palette(), { target: { value: 'write a note' } });
  await press('Enter');
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'A note only the AI reads' }));
});

test('[UI60] the palette opens from a text field, and other keys stay the field’s', async () => {
  const { press, desk } = await renderConsole({ entries: FLOOR });
  screen.getByRole('searchbox').focus();
  await press('v');
  expect(desk.sent).toEqual([]);
  await press('k', { ctrlKey: true });
  expect(palette()).toBeTruthy();
  await press('Escape');
  expect(document.activeElement).toBe(screen.getByRole('searchbox'));
});

test('[UI61] an agent is not offered what only a supervisor may do', async () => {
  const { press } = await renderConsole({ role: 'agent' }, 'call');
  await press('k', { ctrlKey: true });
  const all = rows().join('\n');
  expect(all).toContain('Flag this moment');
  expect(all).not.toMatch(/Take over|Veto|Hold the AI|End the call|Barge|Listen1/u);
});

test('[UI62] a call of the floor is opened by name', async () => {
  const { console, press } = await renderConsole({ entries: FLOOR });
  await press('k', { ctrlKey: true });
  fireEvent.change(palette(), { target: { value: 'marek' } });
  await press('Enter');
  expect(console.ui.getState().screen).toBe('call');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Marek Horvat');
});

async function openSettings(options = {}) {
  const view = await renderConsole(options);
  act(() => view.console.actions.goTo('settings'));
  await view.step();
  const key = (words: string) =>
    screen.getByRole('button', { name: new RegExp(`^${words}: .*Change the key`, 'u') });
  const choose = async (words: string, pressed: string): Promise<void> => {
    fireEvent.click(key(words));
    fireEvent.keyDown(key(words), { key: pressed });
    await view.step();
  };
  return { ...view, key, choose };
}

test('[KEY3][KEY4] a key is chosen by pressing it, shown on controls and in the help, taken away and given back', async () => {
  const { console, desk, key, choose, press, step } = await openSettings();
  await choose('Veto the next sentence', 'y');
  expect(key('Veto the next sentence').getAttribute('aria-label')).toContain('Y. Change');
  act(() => console.actions.openCall(RICH_CALL_ID as never));
  await step();
  expect(screen.getByRole('button', { name: /^Veto/u }).getAttribute('aria-keyshortcuts')).toBe('Y');
  await press('v');
  expect(desk.sent).toEqual([]);
  await press('y');
  expect(desk.sent.map(one => one.verb)).toEqual(['veto-chunk']);
  await press('?');
  expect(
    within(screen.getByRole('dialog')).getByText('Veto the next sentence').parentElement?.textContent,
  ).toContain('Y');
  await press('Escape');
  act(() => console.actions.goTo('settings'));
  await step();
  fireEvent.click(screen.getByRole('button', { name: 'Veto the next sentence: take the key away' }));
  await step();
  expect(key('Veto the next sentence').textContent).toBe('No key');
  fireEvent.click(screen.getByRole('button', { name: 'Give all keys back' }));
  await step();
  expect(key('Veto the next sentence').textContent).toBe('V');
});

test('[KEY2] a key of another row is refused in words and not saved', async () => {
  const { console, choose, key } = await openSettings();
  await choose('Flag this moment', 'v');
  expect(screen.getAllByText('V is the key for “Veto the next sentence”. Nothing has changed.').length).toBe(
    2,
  );
  expect(key('Flag this moment').textContent).toBe('F');
  const state = console.desk.state.getState();
  expect(state.name === 'ready' && state.settings.keymap).toEqual({});
});

test('[KEY1] a damaged keymap leaves the keys as they were', async () => {
  const { key } = await openSettings({ settings: { keymap: { veto: 'P', hold: 'Tab', nobody: 'V' } } });
  expect(key('Veto the next sentence').textContent).toBe('V');
  expect(key('Hold or resume the AI').textContent).toBe('P');
});

const raised = (callId: string, seq: number): CallEvent =>
  eventOf(callId, seq, { type: 'attention.raised', reason: 'asked-for-person' });

test('[EAR2][EAR4][EAR5] what happens now sounds once on the chosen loudspeaker, what was before does not', async () => {
  const { earcons, desk, step } = await renderConsole({
    entries: FLOOR,
    settings: { outputDeviceId: 'headset', earconVolumeRatio: 0.3 },
  });
  expect(earcons.played).toEqual([]);
  const call = FLOOR[0]?.event.conversationId ?? '';
  const fresh = entriesOf([raised(call, 900), raised(call, 901)]).map((entry, at) => ({
    ...entry,
    position: FLOOR.length + at,
  }));
  desk.push({ type: 'batch', entries: fresh, notices: [] });
  await step();
  expect(earcons.played).toEqual([
    { earcon: 'call-needs-person', volumeRatio: 0.3, outputDeviceId: 'headset' },
  ]);
  desk.push(snapshotOf([...FLOOR, ...fresh]));
  await step(10_000);
  expect(earcons.played).toHaveLength(1);
});

test('[EAR5] sounds that are off are off, and each can still be tried', async () => {
  const { earcons, desk, step } = await openSettings({ settings: { earcons: false } });
  desk.link({ name: 'lost', sinceMs: 0, attempt: 1, code: 'worker.unreachable', message: 'gone' });
  await step();
  expect(earcons.played).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: 'Play: The worker is lost' }));
  expect(earcons.played.map(one => one.earcon)).toEqual(['link-lost']);
});

test('[EAR1] a lost link and its return are heard', async () => {
  const { earcons, desk, step } = await renderConsole({ entries: FLOOR });
  desk.link({ name: 'lost', sinceMs: 0, attempt: 1, code: 'worker.unreachable', message: 'gone' });
  await step(5_000);
  desk.link({ name: 'starting' });
  desk.link({ name: 'live', latencyMs: 3, workerId: 'w', brain: 'b', voice: 'v' });
  await step();
  expect(earcons.played.map(one => one.earcon)).toEqual(['link-lost', 'link-back']);
});

test('[UI64] the tour is offered at the first start, put away for good, and comes when asked for', async () => {
  const { console, step } = await renderConsole({ entries: FLOOR, settings: { tour: 'new' } });
  fireEvent.click(screen.getByRole('button', { name: 'No, thank you' }));
  await step();
  expect(screen.queryByText('New here?')).toBeNull();
  const state = console.desk.state.getState();
  expect(state.name === 'ready' && state.settings.tour).toBe('done');
  act(() => console.actions.goTo('settings'));
  await step();
  fireEvent.click(screen.getByRole('button', { name: 'Show me around' }));
  await step();
  expect(screen.getByText('1 of 4')).toBeTruthy();
});

test('[UI64] a desk that has seen the tour is not offered it', async () => {
  await renderConsole({ entries: FLOOR, settings: { tour: 'done' } });
  expect(screen.queryByText('New here?')).toBeNull();
});

test('[UI65] four steps by keyboard, hidden while a call is open, calls go on, and Escape skips', async () => {
  const { console, desk, step, press } = await renderConsole({ settings: { tour: 'new' } });
  fireEvent.click(screen.getByRole('button', { name: 'Show me around' }));
  await step();
  expect(document.activeElement?.textContent).toBe('Next');
  await press('v');
  expect(desk.sent.map(one => one.verb)).toEqual(['veto-chunk']);
  for (const title of ['Listen, then go', 'Read it before', 'Everything has']) {
    fireEvent.click(screen.getByRole('button', { name: 'Next' }));
    await step();
    expect(screen.getByText(title, { exact: false })).toBeTruthy();
  }
  act(() => console.actions.openCall(RICH_CALL_ID as never));
  await step();
  expect(screen.queryByText('4 of 4')).toBeNull();
  act(() => console.actions.back());
  await step();
  expect(screen.getByText('4 of 4')).toBeTruthy();
  fireEvent.keyDown(screen.getByRole('button', { name: 'Done' }), { key: 'Escape' });
  await step();
  expect(screen.queryByText('4 of 4')).toBeNull();
  expect(console.ui.getState().screen).toBe('floor');
});

test('[UI65] an agent is not shown what an agent cannot do', async () => {
  await renderConsole({ entries: FLOOR, role: 'agent', settings: { tour: 'new' } });
  fireEvent.click(screen.getByRole('button', { name: 'Show me around' }));
  expect(screen.getByText('1 of 2')).toBeTruthy();
});
