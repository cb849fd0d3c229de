import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import { MAYA, richCall } from '#tests/fixtures/rich-call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

const verbs = (desk: { readonly sent: readonly { readonly verb: string }[] }) =>
  desk.sent.map(sent => sent.verb);
const onLine = () => screen.queryByRole('region', { name: 'You are on the line' });

const NEXT_SEQ = richCall().length;
const event = (seq: number, more: object): CallEvent => ({
  ...(richCall().at(-1) as CallEvent),
  seq,
  id: `late-${seq}`,
  ...more,
});

async function taken() {
  const view = await renderConsole({}, 'call');
  await view.press('4');
  act(() => view.audio.speak());
  await view.step(0);
  return view;
}

test('[UI12] 4 sends the takeover and opens the device at once; the band waits for the answer', async () => {
  const { desk, audio, press, step } = await renderConsole({}, 'call');
  desk.waiting = true;
  await press('4');
  expect(verbs(desk)).toEqual(['take-over']);
  expect(audio.microphonesOpened).toBe(1);
  expect(onLine()).toBeNull();
  expect(desk.opened.some(stream => stream.name === 'microphone')).toBe(false);
  desk.release();
  await step();
  expect(onLine()).not.toBeNull();
  expect(desk.opened.some(stream => stream.name === 'microphone')).toBe(true);
});

test('[UI13] on the line nobody can be unsure: frame, band, time, undo, hand back, other controls', async () => {
  await taken();
  expect(screen.getByTestId('on-line-frame')).toBeTruthy();
  expect(onLine()?.textContent).toContain('The AI is silent and still listening');
  expect(onLine()?.textContent).toMatch(/Voice reached the caller \d+ ms after your click/);
  expect(screen.getByRole('button', { name: /^Undo/ }).textContent).toContain('10 s');
  expect(screen.getByRole('button', { name: 'Hand back to the AI' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Mute' })).toBeTruthy();
  expect(screen.queryByRole('group', { name: 'Ladder' })).toBeNull();
});

test('[UI13] after ten seconds undo is gone', async () => {
  const { step } = await taken();
  await step(10_000);
  expect(screen.queryByRole('button', { name: /^Undo/ })).toBeNull();
});

test('[UI14] a refused microphone steps the takeover down and says why', async () => {
  const { desk, audio, press, step } = await renderConsole({}, 'call');
  audio.refusal = 'NotAllowedError';
  await press('4');
  await step();
  expect(verbs(desk)).toEqual(['take-over', 'step-down']);
  expect(screen.getByText('media.refused')).toBeTruthy();
  expect(onLine()).toBeNull();
});

test('[UI14] without any microphone arming says so and sends nothing', async () => {
  const { desk, audio, press } = await renderConsole({}, 'call');
  audio.refusal = 'NotFoundError';
  await press('k');
  expect(verbs(desk)).toEqual([]);
  expect(screen.getByText('media.no-device')).toBeTruthy();
});

test.each([
  ['b', {}, 'hand-back'],
  ['z', { ctrlKey: true }, 'undo-take-over'],
  ['Backspace', {}, 'step-down'],
  ['0', {}, 'leave'],
] as const)('[UI15] on the line %s sends its verb and the device is closed', async (key, more, verb) => {
  const { desk, audio, press } = await taken();
  await press(key, more);
  expect(verbs(desk)).toEqual(['take-over', verb]);
  expect(audio.microphonesOpen).toBe(0);
  expect(onLine()).toBeNull();
});

test('[UI16] a lease that is lost closes the device, but older events do not', async () => {
  const { desk, audio, step, press } = await renderConsole({}, 'call');
  // The answer names an event that the log has not brought yet.
  desk.answerSeq = NEXT_SEQ + 1;
  await press('4');
  const turn = { type: 'moment.flagged', ...MAYA, note: '' };
  const batch = (events: readonly CallEvent[]) =>
    desk.push({
      type: 'batch',
      entries: entriesOf(events).map(entry => ({ ...entry, position: 10_000 + entry.event.seq })),
      notices: [],
    });
  batch([event(NEXT_SEQ, turn)]);
  await step();
  expect(audio.microphonesOpen).toBe(1);
  batch([event(NEXT_SEQ + 1, { type: 'mic.changed', ...MAYA, from: 'monitor', to: 'live' })]);
  await step();
  expect(audio.microphonesOpen).toBe(1);
  batch([event(NEXT_SEQ + 2, { type: 'mic.changed', ...MAYA, from: 'live', to: 'monitor' })]);
  await step();
  expect(audio.microphonesOpen).toBe(0);
  expect(onLine()).toBeNull();
});

test('[UI19] armed is metered and heard by nobody; disarming closes the device', async () => {
  const { desk, audio, press } = await renderConsole({}, 'call');
  await press('k');
  expect(audio.microphonesOpen).toBe(1);
  expect(desk.opened.some(stream => stream.name === 'microphone')).toBe(false);
  expect(screen.getByRole('img', { name: 'Your microphone level; nobody hears you' })).toBeTruthy();
  await press('k');
  expect(audio.microphonesOpen).toBe(0);
  expect(verbs(desk)).toEqual(['arm-microphone', 'arm-microphone']);
});

test('[UI19] a muted person sends silence', async () => {
  const { desk, audio, press } = await taken();
  expect(new Int16Array(desk.frames.at(-1) as ArrayBuffer, 12).some(sample => sample !== 0)).toBe(true);
  await press('m');
  act(() => audio.speak());
  expect(desk.frames).toHaveLength(2);
  expect(new Int16Array(desk.frames.at(-1) as ArrayBuffer, 12).every(sample => sample === 0)).toBe(true);
  expect(onLine()?.textContent).toContain('You are muted');
});

test('[UI20] on the line Escape leads nowhere', async () => {
  const { press, console } = await taken();
  await press('Escape');
  expect(console.ui.getState().screen).toBe('call');
  expect(onLine()).not.toBeNull();
});
