import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { busyFloor } from '#tests/fixtures/busy-floor.ts';
import { FakeDesk, snapshotOf } from '#tests/fixtures/fake-desk.ts';
import { RICH_CALL_ID, richCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf, SteppedClock } from '#tests/fixtures/stepped-clock.ts';
import { createCallStore } from './call-store.ts';
import { startFeed } from './feed.ts';
import { createFloorStore } from './floor-store.ts';
import { LevelBoard } from './levels.ts';

const LOG = richCall();
const CALL_ID = RICH_CALL_ID as CallId;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** A desk whose store knows the first `known` events; later ones come only by stream. */
function start(known: number) {
  const stored: CallEvent[] = [...LOG.slice(0, known)];
  const desk = new FakeDesk({ stored });
  const clock = new SteppedClock();
  const floor = createFloorStore();
  const call = createCallStore(desk);
  const levels = new LevelBoard();
  const stop = startFeed({ bridge: desk, clock, floor, call, levels });
  const batch = (events: readonly CallEvent[]): void =>
    desk.push({
      type: 'batch',
      entries: entriesOf(events).map(entry => ({ ...entry, position: entry.event.seq })),
      notices: [],
    });
  return { desk, stored, clock, floor, call, levels, stop, batch };
}

test('[UI40] all messages of one frame are one update', () => {
  const { clock, floor, batch } = start(0);
  let updates = 0;
  floor.subscribe(() => {
    updates += 1;
  });
  for (const event of LOG.slice(0, 20)) batch([event]);
  expect(updates).toBe(0);
  clock.step(16);
  expect(updates).toBe(1);
  expect(floor.getState().board.calls[RICH_CALL_ID]?.lastSeq).toBe(19);
});

test('[UI40] loudness is kept beside the stores and causes no update', () => {
  const { desk, levels } = start(0);
  desk.push({
    type: 'batch',
    entries: [],
    notices: [{ type: 'levels', callId: CALL_ID, caller: 0.5, ai: 0, human: 0 }],
  });
  expect(levels.of(RICH_CALL_ID).caller).toBe(0.5);
});

test('[UI41] events that come while the log is read are neither lost nor doubled', async () => {
  const { call, clock, batch } = start(40);
  const opening = call.open(CALL_ID);
  batch(LOG.slice(30, 50));
  clock.step(16);
  await opening;
  await settle();
  expect(call.state.getState().timeline).toEqual(foldTimeline(LOG.slice(0, 50)));
});

test('[UI41] a gap is read again from the last known event', async () => {
  const { call, clock, batch, stored } = start(40);
  await call.open(CALL_ID);
  stored.push(...LOG.slice(40, 55));
  batch(LOG.slice(50, 55));
  clock.step(16);
  await settle();
  expect(call.state.getState().timeline).toEqual(foldTimeline(LOG.slice(0, 55)));
});

test('[UI42] a new snapshot forgets the calls that it does not name', () => {
  const { desk, clock, floor } = start(0);
  desk.push(snapshotOf(busyFloor(5)));
  clock.step(16);
  expect(Object.keys(floor.getState().board.calls)).toHaveLength(5);
  desk.push(snapshotOf(entriesOf(LOG.slice(0, 5))));
  clock.step(16);
  expect(Object.keys(floor.getState().board.calls)).toEqual([RICH_CALL_ID]);
});

test('[UI42] a stream that was closed is opened again', () => {
  const { desk, clock, stop } = start(0);
  desk.closeFloor();
  clock.step(1_000);
  expect(desk.opened.map(stream => stream.name)).toEqual(['floor', 'floor']);
  stop();
  clock.step(5_000);
  expect(desk.opened).toHaveLength(2);
});
