import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { startCallBench, SUPERVISOR, type CallBench } from './call-bench.ts';

const { userId, name } = SUPERVISOR;
const who = { userId, userName: name };
const OLD = 'suggestion-of-the-host-before';

/** A call that a person has taken over, and to which the AI has suggested something, when its host dies. */
const TAKEN: readonly CallEventDraft[] = [
  { ...RINGING },
  { type: 'call.connected', sampleRateHz: 16_000, brain: 'offline', voice: 'flite' },
  { type: 'mic.changed', ...who, from: 'monitor', to: 'live' },
  { type: 'floor.changed', ...who, holder: 'human', cause: 'take-over' },
  { type: 'takeover.live', ...who, firstHumanSample: 0, liveMs: 40 },
  {
    type: 'suggestion.drafted',
    suggestionId: OLD,
    text: 'We are open until six.',
    decision: 'allow',
    veto: null,
    verdicts: [],
    citations: [],
    draftMs: 300,
  },
];

let bench: CallBench;
beforeAll(async () => {
  bench = await startCallBench({
    pastOf: callId => ({
      events: TAKEN.map((draft, seq) => ({ ...eventOf(callId, seq, draft), atMs: systemClock.now() })),
      host: 'host-2',
      present: [userId],
    }),
  });
});
afterAll(() => bench.stop());

test(
  '[SUP57][HOST33] on a host that goes on with a taken call the next turn leads to a suggestion, and the old ones cannot be used',
  { timeout: 90_000 },
  async () => {
    let onLine = true;
    const beat = (): void => {
      if (!onLine) return;
      bench.host.beat(SUPERVISOR);
      systemClock.after(400, beat);
    };
    beat();
    const callId: CallId = bench.ring('invoice-fee');
    await bench.journal.until(event => event.type === 'call.resumed');
    // The caller waits for an AI that is silent, and then asks.
    await bench.journal.until(event => event.type === 'suggestion.drafted');
    onLine = false;
    const since = bench.journal.events.filter(event => event.conversationId === callId);
    expect(since.filter(({ type }) => ['chunk.drafted', 'floor.changed'].includes(type))).toEqual([]);
    const past = TAKEN.map((draft, seq) => eventOf(callId, seq, draft));
    const timeline = foldTimeline([...past, ...since]);
    expect(timeline.suggestions.map(one => [one.suggestionId === OLD, one.isStale])).toEqual([
      [false, false],
      [true, true],
    ]);
    const use = (suggestionId: string) => bench.run(callId, 'use-suggestion', { suggestionId });
    await expect(use(OLD)).rejects.toMatchObject({ body: { code: 'chunk.unknown' } });
    await use(timeline.suggestions[0]?.suggestionId ?? '');
    expect(bench.journal.of('suggestion.used')).toHaveLength(1);
    await bench.run(callId, 'end-call');
  },
);
