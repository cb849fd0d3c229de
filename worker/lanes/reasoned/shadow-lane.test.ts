import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplyModel, ReplyRequest } from '#shared/adapters/reply-model.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { CallEventDraft, CallEventOf } from '#shared/events/call-event.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import policies from '../../../resources/policies/demo.json' with { type: 'json' };
import { ShadowLane } from './shadow-lane.ts';

const RULES = compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES);
const EMPTY: ReplyRequest = {
  callerText: '',
  intent: 'UNKNOWN',
  history: [],
  hits: [],
  tools: [],
  notes: [],
  rephrase: null,
};
const CITATION = {
  kind: 'document',
  sourceId: 'hours',
  title: 'Opening hours',
  quote: 'nine to six',
} as const;

function bench(model: Partial<ReplyModel> = {}, wordDelayMs = 0) {
  const clock = createVirtualClock();
  const log: CallEventDraft[] = [];
  const errors: unknown[] = [];
  let ids = 0;
  const lane = new ShadowLane({
    clock,
    newId: () => `id-${String((ids += 1))}`,
    rules: () => RULES,
    append: draft => log.push(draft),
    brief: (_turnId, callerText) => Promise.resolve({ ...EMPTY, callerText }),
    onError: error => errors.push(error),
    model: {
      name: 'echo',
      async *reply({ callerText }) {
        for (const word of callerText.match(/\S+\s*/gu) ?? []) {
          if (wordDelayMs > 0) await new Promise<void>(resolve => clock.after(wordDelayMs, resolve));
          yield { text: word, citations: word.startsWith('open') ? [CITATION] : [], noteIds: [] };
        }
      },
      ...model,
    },
  });
  const drafted = (): CallEventOf<'suggestion.drafted'>[] =>
    log.filter(
      event => event.type === 'suggestion.drafted',
    ) as unknown as CallEventOf<'suggestion.drafted'>[];
  return { clock, lane, log, drafted, errors };
}

describe('suggestions', () => {
  test('[SUP50] a turn of the caller leads to one suggestion with verdict and sources', async () => {
    const { lane, drafted } = bench();
    lane.turn('We are open on weekdays. Shall I note that? ');
    await settle();
    expect(drafted()).toMatchObject([
      {
        text: 'We are open on weekdays. Shall I note that?',
        decision: 'allow',
        veto: null,
        citations: [{ sourceId: 'hours' }],
      },
    ]);
    expect(lane.textOf(drafted()[0]?.suggestionId ?? '')).toBe('We are open on weekdays. Shall I note that?');
  });

  test('[SUP52] what Lane C refuses is shown as refused and cannot be used', async () => {
    const { lane, drafted } = bench();
    lane.turn('You will get a full refund today, I guarantee it. ');
    await settle();
    const [suggestion] = drafted();
    expect(suggestion).toMatchObject({
      decision: 'veto',
      text: 'You will get a full refund today, I guarantee it.',
    });
    expect(suggestion?.veto?.policy).toBeTruthy();
    expect(lane.textOf(suggestion?.suggestionId ?? '')).toBeNull();
  });

  test('[SUP53] a newer turn and a stop drop what is under way', async () => {
    const { lane, drafted, clock } = bench({}, 100);
    lane.turn('This one is too old. ');
    await clock.advanceAsync(150);
    lane.turn('This one is shown. ');
    await clock.advanceAsync(1000);
    expect(drafted().map(({ text }) => text)).toEqual(['This one is shown.']);
    lane.turn('This one is dropped. ');
    await clock.advanceAsync(150);
    lane.stop();
    await clock.advanceAsync(5000);
    expect(drafted()).toHaveLength(1);
  });

  test('[SUP55] a model that fails, hangs or says nothing gives no suggestion', async () => {
    const failing = bench({
      // eslint-disable-next-line require-yield -- it fails before it says anything
      async *reply() {
        throw new Error('no model');
      },
    });
    failing.lane.turn('Hello. ');
    await settle();
    expect([failing.drafted(), failing.errors.length]).toEqual([[], 1]);

    const hanging = bench({}, 60_000);
    hanging.lane.turn('Hello there. ');
    await hanging.clock.advanceAsync(9000);
    await hanging.clock.advanceAsync(200_000);
    expect([hanging.drafted(), hanging.errors]).toEqual([[], []]);

    const silent = bench();
    silent.lane.turn(' ');
    await settle();
    expect(silent.drafted()).toEqual([]);
  });

  test('[SUP51] in any order of turns and stops nothing but suggestions comes out, the newest last', async () => {
    const step = fc.oneof(
      fc.record({ turn: fc.lorem({ maxCount: 6, mode: 'sentences' }) }),
      fc.constant({ stop: true as const }),
      fc.record({ passMs: fc.integer({ min: 1, max: 3000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async steps => {
        const { lane, log, drafted, clock } = bench({}, 20);
        const turns: string[] = [];
        for (const one of steps) {
          if ('turn' in one) {
            turns.push(one.turn);
            lane.turn(`${one.turn} `);
          } else if ('stop' in one) lane.stop();
          else await clock.advanceAsync(one.passMs);
        }
        await clock.advanceAsync(20_000);
        expect(log.every(event => event.type === 'suggestion.drafted')).toBe(true);
        const order = drafted().map(({ text }) => turns.findIndex(turn => turn.trim() === text));
        expect(order.every((at, index) => index === 0 || at >= (order[index - 1] ?? 0))).toBe(true);
        expect(drafted().length).toBeLessThanOrEqual(turns.length);
      }),
      { numRuns: 60 },
    );
  });
});
