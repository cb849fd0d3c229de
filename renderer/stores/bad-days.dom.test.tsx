import { readFileSync } from 'node:fs';
import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import { longCall, LONG_CALL_ID } from '#tests/fixtures/long-call.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { MAYA, richCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import type { CallId } from '#shared/domain/ids.ts';

const LIVE = { name: 'live', latencyMs: 1, workerId: 'w', brain: 'b', voice: 'v' } as const;
const FULL = {
  code: 'storage.full',
  message: 'Nothing can be recorded, so the AI says nothing. The disk is full.',
  retryable: true,
  origin: 'worker',
} as const;
const LOST = (code: string, message: string): LinkState => ({
  name: 'lost',
  sinceMs: 0,
  attempt: 1,
  code,
  message,
});
const onLine = () => screen.queryByRole('region', { name: 'You are on the line' });

async function taken() {
  const view = await renderConsole({}, 'call');
  await view.press('4');
  act(() => view.audio.speak());
  await view.step(0);
  expect(onLine()).not.toBeNull();
  return view;
}

const link = async (view: Awaited<ReturnType<typeof renderConsole>>, state: LinkState): Promise<void> => {
  act(() => view.desk.link(state));
  await view.step(0);
};

test('[DAY10] a full disk is said with its code and what it means, and so is its end', async () => {
  const view = await renderConsole();
  await link(view, { ...LIVE, problem: FULL });
  expect(screen.getByText('storage.full')).toBeTruthy();
  expect(screen.getByText(/Nothing can be recorded, so the AI says nothing/u)).toBeTruthy();
  await link(view, LIVE);
  expect(screen.queryByText('storage.full')).toBeNull();
  expect(screen.getByText('Recording works again. The AI speaks on.')).toBeTruthy();
});

test('[DAY6] a worker that cannot run is said in its own words and code, and before the first start too', async () => {
  const view = await renderConsole();
  await link(view, LOST('storage.locked', 'The worker cannot run. Another worker uses this data folder.'));
  expect(screen.getByText('storage.locked')).toBeTruthy();
  expect(screen.getByText(/Another worker uses this data folder/u)).toBeTruthy();
  view.unmount();

  const failsWith: ErrorBody = {
    code: 'worker.unreachable',
    message: 'The worker is still starting.',
    retryable: true,
    origin: 'electron',
  };
  const early = await renderConsole({ failsWith });
  expect(screen.getByText('The worker is still starting.')).toBeTruthy();
  Object.assign(failsWith, { code: 'storage.corrupt', message: 'The database is damaged.' });
  await link(early, LOST('storage.corrupt', 'The database is damaged.'));
  await early.step();
  expect(screen.getByText('storage.corrupt')).toBeTruthy();
});

test('[DAY11] a microphone that is unplugged in mid-sentence gives the call back and says so', async () => {
  const { audio, desk, step } = await taken();
  act(() => audio.unplug());
  await step();
  expect(desk.sent.map(sent => sent.verb)).toEqual(['take-over', 'step-down']);
  expect(audio.microphonesOpen).toBe(0);
  expect(onLine()).toBeNull();
  expect(screen.getByText('media.lost')).toBeTruthy();
});

test('[DAY11] an armed microphone that is unplugged is disarmed', async () => {
  const { audio, desk, step, press } = await renderConsole({}, 'call');
  await press('k');
  act(() => audio.unplug());
  await step();
  expect(desk.sent.at(-1)).toMatchObject({ verb: 'arm-microphone', args: { armed: false } });
  expect(screen.getByText('media.lost')).toBeTruthy();
});

test('[DAY12] two seconds without the worker close the microphone; a shorter gap changes nothing', async () => {
  const view = await taken();
  await link(view, LOST('link.closed', 'gone'));
  await view.step(1900);
  await link(view, LIVE);
  await view.step(5000);
  expect(onLine()).not.toBeNull();
  await link(view, LOST('link.closed', 'gone'));
  await view.step(2000);
  await view.step(0);
  expect(view.audio.microphonesOpen).toBe(0);
  expect(onLine()).toBeNull();
  expect(screen.getByText(/your microphone is closed: the worker cannot be reached/u)).toBeTruthy();
});

test('[DAY12] a worker that still holds the call for this person when it is back is told to give it back', async () => {
  const view = await taken();
  await link(view, LOST('link.closed', 'gone'));
  await view.step(2000);
  await link(view, LIVE);
  const seq = richCall().length;
  const live = { type: 'mic.changed', ...MAYA, from: 'monitor', to: 'live' };
  view.desk.push({
    type: 'batch',
    entries: [
      {
        position: 9000,
        event: { ...(richCall().at(-1) as CallEvent), seq, id: 'late', ...live } as CallEvent,
      },
    ],
    notices: [],
  });
  await view.step();
  expect(view.desk.sent.map(sent => sent.verb)).toEqual(['take-over', 'step-down']);
  expect(view.audio.microphonesOpen).toBe(0);
});

test('[DAY13] whoever loses the call without asking is told, and who asked is not', async () => {
  const { desk, step } = await taken();
  const seq = richCall().length;
  const event = (at: number, more: object): CallEvent => ({
    ...(richCall().at(-1) as CallEvent),
    seq: at,
    id: `late-${at}`,
    ...more,
  });
  const push = (events: readonly CallEvent[]): void =>
    desk.push({
      type: 'batch',
      entries: entriesOf(events).map(entry => ({ ...entry, position: 9000 + entry.event.seq })),
      notices: [],
    });
  push([event(seq, { type: 'mic.changed', ...MAYA, from: 'monitor', to: 'live' })]);
  await step();
  push([event(seq + 1, { type: 'mic.changed', ...MAYA, from: 'live', to: 'monitor' })]);
  await step();
  expect(onLine()).toBeNull();
  expect(screen.getByText('lease.lost')).toBeTruthy();
});

test('[DAY13] handing back is not told as a loss', async () => {
  const { press } = await taken();
  await press('b');
  expect(screen.queryByText('lease.lost')).toBeNull();
});

test('[DAY16] a system clock that is set back does not lengthen undo', async () => {
  const { clock, step } = await taken();
  const now = clock.now;
  Object.assign(clock, { now: () => now() - 3_600_000 });
  await step(10_000);
  expect(screen.queryByRole('button', { name: /^Undo/u })).toBeNull();
});

test('[DAY23] 2,000 lines are shown, and a further one changes none of the others', async () => {
  const events = longCall(13_500).slice(0, -1);
  const view = await renderConsole({ entries: entriesOf(events) });
  act(() => view.console.actions.openCall(LONG_CALL_ID as CallId));
  await view.step();
  const log = screen.getByRole('log', { name: 'What was said' });
  const before = [...log.children];
  expect(before.length).toBeGreaterThanOrEqual(2000);
  const changes: MutationRecord[] = [];
  const watch = new MutationObserver(records => changes.push(...records));
  watch.observe(log, { childList: true, subtree: true, characterData: true, attributes: true });
  const last = events.at(-1) as CallEvent;
  const next = {
    ...last,
    id: 'next',
    seq: last.seq + 1,
    type: 'transcript.final',
    speaker: 'caller',
    text: 'One more.',
    startedAtMs: last.atMs,
    endedAtMs: last.atMs,
    redactionCount: 0,
  } as CallEvent;
  view.desk.push({ type: 'batch', entries: [{ position: 99_999, event: next }], notices: [] });
  await view.step();
  changes.push(...watch.takeRecords());
  expect(screen.getByText('One more.')).toBeTruthy();
  expect(changes.filter(change => change.target !== log)).toEqual([]);
  expect([...log.children].slice(0, before.length)).toEqual(before);
  // jsdom lays nothing out; the rule that spares the browser from it is in the sheet.
  expect(readFileSync('renderer/theme/controls.css', 'utf8')).toMatch(
    /\.line \{[^}]*content-visibility: auto/u,
  );
}, 90_000);
