import { describe, expect, test } from 'vitest';
import { policySchema } from '#shared/domain/policy-document.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { CallGuards } from './call-guards.ts';
import type { CallLimits } from './call-limits.ts';

const limitsOf = (more: object): CallLimits =>
  policySchema.parse({
    kind: 'call-limits',
    wrapUpText: 'Anything else?',
    endText: 'Goodbye now.',
    offerText: 'I ask a colleague.',
    ...more,
  }) as CallLimits;
const TIMED = { warnAfterMs: 60_000, wrapUpAfterMs: 90_000, endAfterMs: 120_000 };

/** A call as far as guards see it: what they say is drafted and can be spoken. */
function guarded(more: object) {
  const clock = createVirtualClock();
  const done: string[] = [];
  let ids = 0;
  const guards = new CallGuards({
    clock,
    rules: { statements: [], limits: limitsOf(more) },
    say: text => {
      done.push(`say ${text}`);
      log({ type: 'chunk.drafted', chunkId: `own-${text}`, origin: 'notice', text });
    },
    attention: reason => done.push(reason),
    hangUp: () => done.push('hang up'),
  });
  const log = (fields: Record<string, unknown>): void => guards.onEvent(fields as unknown as CallEvent);
  const answer = (text: string): void => {
    const chunkId = `c${++ids}`;
    log({ type: 'chunk.drafted', chunkId, origin: 'reply', text });
    log({ type: 'chunk.spoken', chunkId });
    clock.advance(0);
  };
  const ask = (text: string): void => log({ type: 'turn.committed', text });
  log({ type: 'call.connected' });
  return { clock, done, guards, log, answer, ask };
}

describe('call limits', () => {
  test('[POL55] a person is told, the AI wraps up, says goodbye and ends when that was heard', () => {
    const { clock, done, log } = guarded(TIMED);
    clock.advance(60_000);
    expect(done).toEqual(['long-call']);
    clock.advance(60_000);
    expect(done.slice(1)).toEqual(['say Anything else?', 'say Goodbye now.']);
    log({ type: 'chunk.spoken', chunkId: 'own-Goodbye now.' });
    expect(done.at(-1)).toBe('hang up');
  });

  test('[POL55] a farewell that nobody hears does not keep the call open, and a call that is over is left alone', () => {
    const kept = guarded(TIMED);
    kept.clock.advance(120_000 + 15_000);
    expect(kept.done.at(-1)).toBe('hang up');
    const over = guarded(TIMED);
    over.guards.stop();
    over.clock.advance(600_000);
    expect(over.done).toEqual([]);
  });

  test('[POL56] the same answer three times leads to the offer of a person, once for every three', () => {
    const { done, answer } = guarded({ sameAnswerTimes: 3 });
    const same = ['Your order is on its way.', 'Your order is on its way!', 'your ORDER, is on its way'];
    same.slice(0, 2).forEach(answer);
    answer('Is there anything else I can do?');
    expect(done).toEqual([]);
    answer(same[2] ?? '');
    expect(done).toEqual(['going-in-circles', 'say I ask a colleague.']);
    answer(same[0] ?? '');
    expect(done).toHaveLength(2);
  });

  test('[POL56] so does the same question; short words and other questions do not', () => {
    const { done, ask } = guarded({ sameQuestionTimes: 2 });
    ['Yes.', 'Yes.', 'Where is my order?', 'When is it here?'].forEach(ask);
    expect(done).toEqual([]);
    ask('where is my order');
    expect(done).toEqual(['going-in-circles', 'say I ask a colleague.']);
  });

  test('[POL57] beside a person no limit speaks or ends the call; a person is still told', () => {
    const { clock, done, log } = guarded(TIMED);
    log({ type: 'floor.changed', holder: 'human' });
    clock.advance(600_000);
    expect(done).toEqual(['long-call']);
  });
});
