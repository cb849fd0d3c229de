import { act, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import { JUN, MAYA, richCall } from '#tests/fixtures/rich-call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

const [me, jun] = [`human:${MAYA.userId}`, `human:${JUN.userId}`];
const JUN_HAS_IT = [
  ['caller', 'ai'],
  [jun, 'caller'],
  ['caller', jun],
] as const;
const I_WHISPER = [...JUN_HAS_IT, [`coach:${MAYA.userId}`, jun] as const];

type View = Awaited<ReturnType<typeof renderConsole>>;

let nextSeq = 0;
/** More of the call's log arrives. */
async function log(view: View, ...facts: readonly object[]): Promise<void> {
  const last = richCall().at(-1) as CallEvent;
  const events = facts.map((fact, at) => ({
    ...last,
    seq: nextSeq + at,
    id: `late-${String(nextSeq + at)}`,
    ...fact,
  })) as CallEvent[];
  nextSeq += facts.length;
  view.desk.push({
    type: 'batch',
    entries: entriesOf(events).map(entry => ({ ...entry, position: 10_000 + entry.event.seq })),
    notices: [],
  });
  await view.step();
}
const matrix = (edges: readonly (readonly [string, string])[]) => ({
  type: 'audibility.changed',
  edges,
  sample: 0,
});
const heldByJun = (view: View) =>
  log(
    view,
    { type: 'listener.joined', ...JUN },
    { type: 'mic.changed', ...JUN, from: 'monitor', to: 'live' },
    { type: 'floor.changed', ...JUN, holder: 'human', cause: 'take-over' },
    matrix(JUN_HAS_IT),
  );

/** A call that Jun has, and whose screen is open before Maya with her microphone armed. */
async function armed() {
  nextSeq = richCall().length;
  const view = await renderConsole({}, 'call');
  await heldByJun(view);
  await view.press('k');
  await log(view, { type: 'mic.changed', ...MAYA, from: 'monitor', to: 'armed' });
  return view;
}

const key = (type: 'keydown' | 'keyup', more: KeyboardEventInit = {}) =>
  act(() => {
    (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent(type, { key: ' ', code: 'Space', bubbles: true, cancelable: true, ...more }),
    );
  });
const whispers = ({ desk }: View) =>
  desk.sent.filter(sent => sent.verb === 'whisper-to-human').map(sent => sent.args['on']);
const sends = ({ desk }: View) => desk.opened.some(({ name, closed }) => name === 'coach' && !closed);

async function whispering() {
  const view = await armed();
  key('keydown');
  await view.step();
  expect(whispers(view)).toEqual([true]);
  expect(sends(view)).toBe(true);
  return view;
}

test('[UI72] Space whispers while it is held: one command down, one up, and repeats are none', async () => {
  const view = await whispering();
  act(() => view.audio.speak());
  const framesBefore = view.desk.frames.length;
  expect(framesBefore).toBeGreaterThan(0);
  for (let times = 0; times < 5; times += 1) key('keydown', { repeat: true });
  await view.step();
  expect(whispers(view)).toEqual([true]);
  key('keyup');
  await view.step();
  expect(whispers(view)).toEqual([true, false]);
  expect(sends(view)).toBe(false);
  act(() => view.audio.speak());
  expect(view.desk.frames).toHaveLength(framesBefore);
  // The device stays warm for the next word.
  expect(view.audio.microphonesOpen).toBe(1);
});

test('[UI72] let go before the worker has answered: nothing is sent, and the worker is told', async () => {
  const view = await armed();
  view.desk.waiting = true;
  key('keydown');
  await view.step();
  key('keyup');
  await view.step();
  expect(sends(view)).toBe(false);
  view.desk.release();
  await view.step();
  expect(whispers(view)).toEqual([true, false]);
  expect(view.desk.opened.some(({ name }) => name === 'coach')).toBe(false);
});

test.each<readonly [string, (view: View) => unknown]>([
  ['the window loses the focus', () => window.dispatchEvent(new Event('blur'))],
  [
    'the page is hidden',
    () => {
      vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
      document.dispatchEvent(new Event('visibilitychange'));
      vi.restoreAllMocks();
    },
  ],
  ['a dialog opens', ({ console }) => console.ui.setState({ sheet: 'keys' })],
  ['another screen is opened', ({ console }) => console.actions.goTo('floor')],
  ['the microphone is pulled out', ({ audio }) => audio.unplug()],
  ['the microphone is disarmed', ({ press }) => press('k')],
])('[UI72] a whisper ends when %s', async (_what, happen) => {
  const view = await whispering();
  await act(async () => {
    await happen(view);
  });
  expect(sends(view)).toBe(false);
  await view.step();
  expect(whispers(view)).toEqual([true, false]);
  expect(view.console.coaching.state.getState().name).toBe('silent');
});

test('[UI72] a lost worker ends the whisper at once; when it is back it is told, and nothing begins again by itself', async () => {
  const view = await whispering();
  act(() => view.desk.link({ name: 'lost', sinceMs: 0, attempt: 1 } as never));
  expect(sends(view)).toBe(false);
  await view.step(0);
  expect(whispers(view)).toEqual([true]);
  act(() =>
    view.desk.link({
      name: 'live',
      latencyMs: 12,
      workerId: 'worker-1',
      brain: 'offline demo',
      voice: 'local',
    } as never),
  );
  await view.step(0);
  expect(whispers(view)).toEqual([true, false]);
  key('keydown', { repeat: true });
  await view.step(0);
  expect(sends(view)).toBe(false);
});

test('[UI72] a whisper that the worker has ended is over here too', async () => {
  const view = await whispering();
  await log(view, matrix(I_WHISPER));
  expect(sends(view)).toBe(true);
  await log(
    view,
    matrix([
      ['caller', 'ai'],
      ['ai', 'caller'],
    ]),
  );
  expect(sends(view)).toBe(false);
  expect(whispers(view)).toEqual([true]);
});

test('[UI72] a refused whisper sends nothing and says why', async () => {
  const view = await armed();
  view.desk.refusals.set('whisper-to-human', {
    code: 'media.refused',
    message: 'Nobody on this call can be whispered to by voice.',
    retryable: false,
    origin: 'worker',
  });
  key('keydown');
  await view.step();
  expect(view.desk.opened.some(({ name }) => name === 'coach')).toBe(false);
  expect(screen.getByText('media.refused')).toBeTruthy();
  expect(view.console.coaching.state.getState().name).toBe('silent');
});

test('[UI72] the button is held by pointer and by keys, and turned on and off by whoever cannot hold', async () => {
  const view = await armed();
  const button = screen.getByRole('button', { name: /^Hold to whisper/ });
  Object.assign(button, { setPointerCapture: () => undefined });
  expect(button.getAttribute('aria-pressed')).toBe('false');
  const send = async (event: Event): Promise<void> => {
    act(() => void button.dispatchEvent(event));
    await view.step();
  };
  const pointer = (type: string) => new MouseEvent(type, { bubbles: true, button: 0 });
  await send(pointer('pointerdown'));
  expect(button.getAttribute('aria-pressed')).toBe('true');
  await send(pointer('pointerup'));
  await send(new MouseEvent('click', { bubbles: true, detail: 1 }));
  expect(button.getAttribute('aria-pressed')).toBe('false');
  act(() => button.focus());
  const onKey = (type: 'keydown' | 'keyup', repeat = false) =>
    new KeyboardEvent(type, { key: ' ', code: 'Space', bubbles: true, cancelable: true, repeat });
  await send(onKey('keydown'));
  await send(onKey('keydown', true));
  expect(whispers(view)).toEqual([true, false, true]);
  await send(onKey('keyup'));
  expect(whispers(view)).toEqual([true, false, true, false]);
  await send(new MouseEvent('click', { bubbles: true, detail: 0 }));
  expect(button.getAttribute('aria-pressed')).toBe('true');
  await send(new MouseEvent('click', { bubbles: true, detail: 0 }));
  expect(whispers(view)).toEqual([true, false, true, false, true, false]);
});

test('[UI73] without an armed microphone nothing is opened, nothing is sent, and the person is told', async () => {
  nextSeq = richCall().length;
  const view = await renderConsole({}, 'call');
  await heldByJun(view);
  key('keydown');
  await view.step();
  expect(view.audio.microphonesOpened).toBe(0);
  expect(whispers(view)).toEqual([]);
  expect(screen.getByText('Arm your microphone first. Holding this key opens none.')).toBeTruthy();
});

test('[UI71][UI18] on a call of the AI Space plays what was, and no button to whisper is there', async () => {
  nextSeq = richCall().length;
  const view = await renderConsole({}, 'call');
  await view.press('k');
  expect(screen.queryByRole('button', { name: /^Hold to whisper/ })).toBeNull();
  key('keydown');
  await view.step();
  expect(view.console.replay.state.getState().playing).toBe(true);
  expect(whispers(view)).toEqual([]);
});

test('[UI74] whoever whispers reads who hears them, and that the caller cannot', async () => {
  const view = await whispering();
  expect(screen.getByText('Only Jun Tanaka will hear you')).toBeTruthy();
  await log(view, matrix(I_WHISPER));
  expect(screen.getByText('Jun Tanaka hears you; the caller cannot')).toBeTruthy();
  expect(screen.getByTestId('hears').textContent).toContain('Jun Tanaka hears you');
  // The sentence follows the matrix, not the wish.
  await log(view, matrix([...I_WHISPER, [`coach:${MAYA.userId}`, 'caller']]));
  expect(screen.getByText('Jun Tanaka hears you; so does the caller')).toBeTruthy();
});

test('[UI74][UI75] whoever has the call is seated when a colleague arms, reads who coaches them, and leaves the seat with the call', async () => {
  nextSeq = richCall().length;
  const view = await renderConsole({}, 'call');
  view.desk.way = {
    via: 'livekit',
    url: 'ws://127.0.0.1:1',
    token: 'token',
    roomName: 'room',
    identity: `sup-${MAYA.userId}-coach`,
  };
  await view.press('4');
  await log(
    view,
    { type: 'mic.changed', ...MAYA, from: 'monitor', to: 'live' },
    { type: 'floor.changed', ...MAYA, holder: 'human', cause: 'take-over' },
    matrix([[me, 'caller']]),
  );
  expect(view.desk.waysAsked).not.toContain('coach');
  await log(view, { type: 'mic.changed', ...JUN, from: 'monitor', to: 'armed' });
  expect(view.desk.waysAsked.filter(way => way === 'coach')).toEqual(['coach']);
  expect(screen.getByRole('status', { name: 'Coach' }).textContent).toBe('');
  await log(
    view,
    matrix([
      [me, 'caller'],
      [`coach:${JUN.userId}`, me],
    ]),
  );
  expect(screen.getByRole('status', { name: 'Coach' }).textContent).toBe(
    'Jun Tanaka is coaching you; the caller cannot hear it',
  );
  const seat = view.rooms.inside.at(-1);
  expect(seat?.voice).toBeNull();
  await view.press('b');
  await view.step();
  expect(seat?.isLeft).toBe(true);
});

test('[EAR6] who has the call hears a sound as a colleague begins to whisper; it opens no stream of audio', async () => {
  nextSeq = richCall().length;
  const view = await renderConsole({ settings: { outputDeviceId: 'headset' } }, 'call');
  await view.press('4');
  await log(
    view,
    { type: 'mic.changed', ...MAYA, from: 'monitor', to: 'live' },
    { type: 'floor.changed', ...MAYA, holder: 'human', cause: 'take-over' },
    matrix([[me, 'caller']]),
  );
  const before = view.desk.opened.length;
  const whispered = [[me, 'caller'] as const, [`coach:${JUN.userId}`, me] as const];
  await log(view, matrix(whispered));
  await view.step(5_000);
  await log(view, matrix([...whispered, ['caller', jun]]));
  expect(view.earcons.played.filter(({ earcon }) => earcon === 'whispered-to')).toEqual([
    { earcon: 'whispered-to', volumeRatio: 0.5, outputDeviceId: 'headset' },
  ]);
  expect(view.desk.opened.length).toBe(before);
});
