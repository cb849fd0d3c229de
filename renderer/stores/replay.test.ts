import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { FakeDesk } from '#tests/fixtures/fake-desk.ts';
import { LONG_CALL_ID, longCall } from '#tests/fixtures/long-call.ts';
import { SilentTrack } from '#tests/fixtures/silent-track.ts';
import { SteppedClock } from '#tests/fixtures/stepped-clock.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import { createCallStore } from './call-store.ts';
import { createReplay } from './replay.ts';

const callId = LONG_CALL_ID as CallId;

/** A finished call, recorded from its sixth event on. */
function recordedCall(): CallEvent[] {
  const events = longCall(120);
  const at = events[5]?.atMs;
  return events.map(event =>
    event.seq === 5 && at !== undefined
      ? { ...eventOf(callId, 5, { type: 'recording.started', format: 'ogg-opus', sample: 0 }), atMs: at }
      : event,
  );
}

async function bench(events: CallEvent[] = recordedCall()) {
  const clock = new SteppedClock();
  const call = createCallStore(new FakeDesk({ stored: events }));
  const track = new SilentTrack();
  const quiet: boolean[] = [];
  const replay = createReplay({ clock, call, track, quiet: isQuiet => quiet.push(isQuiet) });
  await call.open(callId);
  const startedMs = events[5]?.atMs ?? 0;
  const endMs = events.at(-1)?.atMs ?? 0;
  return {
    clock,
    call,
    track,
    quiet,
    replay,
    events,
    startedMs,
    endMs,
    state: () => replay.state.getState(),
  };
}

test('[HIS5] seeking shows the call as it was, skipping moves by 5 s, and the end is the newest again', async () => {
  const { replay, state, startedMs, endMs } = await bench();
  replay.seek(startedMs + 20_000);
  expect(state().view?.timeline.endedAtMs).toBeNull();
  expect(state().view?.timeline.lines.length).toBeGreaterThan(3);
  replay.skip(-5_000);
  expect(state().atMs).toBe(startedMs + 15_000);
  replay.seek(-1);
  expect(state().view?.timeline.lastSeq).toBe(0);
  replay.seek(endMs);
  expect(state()).toMatchObject({ atMs: null, view: null, playing: false });
});

test('[HIS6] the audio is the clock: the playhead stands where the recording is, not where time would be', async () => {
  const { replay, state, startedMs, track, clock } = await bench();
  replay.seek(startedMs + 2_000);
  await replay.toggle();
  expect(track.asked).toEqual(['load', 'play 2000 at 1']);
  track.at = 2_040;
  clock.step(500);
  expect(state().atMs).toBe(startedMs + 2_040);
  replay.setRate(2);
  expect(track.asked.at(-1)).toBe('play 2040 at 2');
});

test('[HIS6] before the recording begins the playhead runs in silence and meets it', async () => {
  const { replay, state, startedMs, track, clock } = await bench();
  replay.seek(startedMs - 300);
  await replay.toggle();
  expect(track.asked).toEqual(['load']);
  clock.step(200);
  expect(state().atMs).toBe(startedMs - 100);
  clock.step(200);
  expect(track.asked.at(-1)).toBe('play 100 at 1');
});

test('[HIS6] without a recording the reason is kept and the playhead runs by the clock, at the chosen speed', async () => {
  const { replay, state, startedMs, track, clock } = await bench();
  track.refusal = { code: 'recording.none', message: 'none', retryable: false, origin: 'worker' };
  replay.seek(startedMs + 1_000);
  replay.setRate(2);
  await replay.toggle();
  clock.step(500);
  expect(state()).toMatchObject({
    atMs: startedMs + 2_000,
    audio: { name: 'none', error: { code: 'recording.none' } },
  });
});

test('[HIS8] the running call is quiet while its past sounds, and heard again at its end', async () => {
  const { replay, quiet, endMs, state, track, clock } = await bench();
  replay.seek(endMs - 100);
  await replay.toggle();
  expect(quiet.at(-1)).toBe(true);
  track.at = null;
  clock.step(200);
  expect(state()).toMatchObject({ atMs: null, playing: false });
  expect(quiet.at(-1)).toBe(false);
});

test('[HIS5] play at the newest begins a finished call from its start', async () => {
  const { replay, state, events } = await bench();
  await replay.toggle();
  expect(state()).toMatchObject({ playing: true, atMs: events[1]?.atMs });
  await replay.toggle();
  expect(state().playing).toBe(false);
});

test('[HIS7] events that arrive while somebody looks back go into the log and not onto the screen', async () => {
  const running = recordedCall().slice(0, 60);
  const { replay, state, call, startedMs } = await bench(running);
  replay.seek(startedMs + 5_000);
  const shown = state().view;
  call.follow(recordedCall().slice(60, 80));
  expect(call.state.getState().timeline.lastSeq).toBe(79);
  expect(state().view).toBe(shown);
  replay.seek(null);
  expect(state().view).toBeNull();
});
