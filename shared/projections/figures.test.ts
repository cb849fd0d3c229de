import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callFiguresSchema, windowFiguresSchema, type CallFigures } from '#shared/domain/call-figures.ts';
import { callEndReasonSchema } from '#shared/domain/call.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf, RINGING, storedCall, TAKEN, VETOED } from '#tests/fixtures/stored-call.ts';
import { figuresOf, NO_FIGURES } from './fold-figures.ts';
import { percentiles, sumFigures } from './sum-figures.ts';

const CONNECTED: CallEventDraft = { type: 'call.connected', sampleRateHz: 16_000, brain: 'b', voice: 'v' };
const HOUR_MS = 3_600_000;
const log = (...drafts: readonly CallEventDraft[]) => drafts.map((draft, seq) => eventOf('c1', seq, draft));
const measured = (firstAudioMs: number | null, reflexAudioMs: number | null): CallEventDraft => ({
  type: 'turn.measured',
  endOfTurnMs: 1,
  retrievalMs: 1,
  modelMs: 1,
  gateMs: 1,
  holdBackMs: 1,
  voiceMs: 1,
  firstAudioMs,
  reflexAudioMs,
});

describe('figures of a call', () => {
  test('[MET1] a stored call is counted whole', () => {
    const figures = figuresOf(storedCall('c1'));
    expect(callFiguresSchema.parse(figures)).toEqual(figures);
    expect(figures).toEqual({
      ...NO_FIGURES,
      outcome: 'succeeded',
      toolMs: { lookup_order: [1] },
      judgedChunks: 1,
    });
  });

  test('[MET4] the first sound is that of either lane; the turn counts the answer alone', () => {
    const { firstAudioMs, turnLatencyMs } = figuresOf(
      log(
        RINGING,
        CONNECTED,
        measured(900, 240),
        measured(700, null),
        measured(null, 300),
        measured(null, null),
      ),
    );
    expect(firstAudioMs).toEqual([240, 700, 300]);
    expect(turnLatencyMs).toEqual([900, 700]);
  });

  test('[MET1] what a person stopped is no veto of a policy', () => {
    expect(figuresOf(log(RINGING, VETOED)).vetoedChunks).toBe(0);
    expect(figuresOf(log(RINGING, { ...VETOED, by: 'policy' } as CallEventDraft))).toMatchObject({
      vetoedChunks: 1,
      judgedChunks: 1,
    });
  });

  test('[MET3] a call is escalated when a person is asked for or steps in', () => {
    expect(figuresOf(log(RINGING, CONNECTED)).escalated).toBe(false);
    expect(figuresOf(log(RINGING, { type: 'attention.raised', reason: 'asked-for-person' })).escalated).toBe(
      true,
    );
    expect(figuresOf(log(RINGING, { type: 'attention.raised', reason: 'long-silence' })).escalated).toBe(
      false,
    );
    expect(figuresOf(log(RINGING, TAKEN))).toMatchObject({ escalated: true, takenOver: true });
  });

  test('[MET2] every end is one outcome, answered or not', () => {
    const outcomes = callEndReasonSchema.options.flatMap(reason =>
      [true, false].map(
        answered =>
          figuresOf(
            log(RINGING, ...(answered ? [CONNECTED] : []), { type: 'call.ended', reason, durationMs: 1 }),
          ).outcome,
      ),
    );
    expect(outcomes).not.toContain(null);
    expect(new Set(outcomes)).toEqual(new Set(['succeeded', 'cut-off', 'not-set-up', 'given-up']));
    expect(figuresOf(log(RINGING, CONNECTED)).outcome).toBeNull();
  });
});

const figuresArbitrary: fc.Arbitrary<CallFigures> = fc.record({
  outcome: fc.constantFrom('succeeded', 'cut-off', 'not-set-up', 'given-up'),
  escalated: fc.boolean(),
  takenOver: fc.boolean(),
  firstAudioMs: fc.array(fc.nat(2000)),
  turnLatencyMs: fc.array(fc.nat(2000)),
  bargeInStopMs: fc.array(fc.nat(500)),
  toolMs: fc.dictionary(fc.constantFrom('a', 'b'), fc.array(fc.nat(100), { minLength: 1 })),
  toolFailures: fc.nat(3),
  judgedChunks: fc.integer({ min: 3, max: 9 }),
  vetoedChunks: fc.nat(3),
  searches: fc.integer({ min: 3, max: 9 }),
  searchHits: fc.nat(3),
});

describe('figures of a window', () => {
  test('[MET5] percentiles are values that occurred, and nothing where there is nothing', () => {
    expect(percentiles([])).toEqual({ count: 0, p50: null, p95: null, p99: null });
    expect(percentiles([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7 });
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(hundred)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99 });
  });

  test('[MET6] calls add up in any order; spans have no gap and hold every call once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ endedAtMs: fc.nat(72 * HOUR_MS), figures: figuresArbitrary })),
        fc.integer({ min: 1, max: 72 }),
        (calls, hours) => {
          const toMs = hours * HOUR_MS;
          const figures = sumFigures(calls, 0, toMs);
          expect(windowFiguresSchema.safeParse(figures).success).toBe(true);
          expect(sumFigures([...calls].reverse(), 0, toMs)).toEqual(figures);
          const counted = figures.spans.flatMap(({ outcomes }) => Object.values(outcomes));
          expect(counted.reduce((sum, count) => sum + count, 0)).toBe(figures.calls);
          expect(figures.calls).toBe(calls.filter(({ endedAtMs }) => endedAtMs < toMs).length);
        },
      ),
    );
  });

  test('[MET3] rates are of answered calls, success of those nobody gave up', () => {
    const call = (more: Partial<CallFigures>) => ({ endedAtMs: 1, figures: { ...NO_FIGURES, ...more } });
    const figures = sumFigures(
      [
        call({ outcome: 'succeeded' }),
        call({ outcome: 'succeeded', escalated: true }),
        call({ outcome: 'cut-off' }),
        call({ outcome: 'not-set-up' }),
        call({ outcome: 'given-up' }),
      ],
      0,
      HOUR_MS,
    );
    expect(figures).toMatchObject({
      calls: 5,
      escalation_rate: 1 / 3,
      containment_rate: 1 / 3,
      call_success_rate: 2 / 4,
      policy_veto_rate: null,
      retrieval_hit_rate: null,
    });
  });
});
