import { expect, test } from 'vitest';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import type { ChunkId } from '#shared/domain/ids.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import type { KilledRun } from './killed-worker.ts';
import { checkRun } from './log-check.ts';

const chunkId = 'k' as ChunkId;
const CALL: readonly CallEvent[] = (
  [
    RINGING,
    { type: 'chunk.allowed', chunkId, verdicts: [], judgeMs: 1 },
    { type: 'chunk.released', chunkId, text: 'Yes.', leadMs: 0 },
    { type: 'chunk.speaking', chunkId, durationMs: 800 },
    { type: 'chunk.spoken', chunkId, heardMs: 800 },
  ] satisfies readonly CallEventDraft[]
).map((draft, seq) => eventOf('c', seq, draft));
const END = eventOf('c', 5, { type: 'call.ended', reason: 'worker-crashed', durationMs: 1 });
const run = (more: Partial<KilledRun> = {}): KilledRun => ({
  wasReady: true,
  printed: CALL,
  fellBy: null,
  ...more,
});
const NOBODY = new Set<string>();
const failuresOf = (
  checked: KilledRun,
  log: readonly CallEvent[],
  before: ReadonlySet<string> = NOBODY,
): string => checkRun(checked, log, before).failures.join('\n');

test('[DAY33] a log that lost only what was not durable passes, and is counted', () => {
  expect(checkRun(run(), CALL.slice(0, 2), NOBODY)).toMatchObject({ failures: [], durableEvents: 2 });
  expect(checkRun(run({ printed: [] }), [...CALL, END], new Set(['c']))).toMatchObject({
    failures: [],
    crashedCalls: 1,
    spokenChunks: 1,
  });
});

test('[DAY33] what must not be is found', () => {
  expect(failuresOf(run(), CALL.slice(0, 1))).toContain('chunk.allowed c-1 was durable and is lost');
  expect(failuresOf(run(), [CALL[0], { ...CALL[1], judgeMs: 9 }] as CallEvent[])).toContain('was changed');
  expect(failuresOf(run(), [...CALL.slice(0, 3), ...CALL.slice(4)])).toContain('gap');
  expect(failuresOf(run(), [...CALL, CALL[4]] as CallEvent[])).toContain('2 times');
  expect(failuresOf(run({ printed: [] }), CALL, new Set(['c']))).toContain('was not ended');
  expect(
    failuresOf(run({ printed: [] }), [...CALL, END, eventOf('c', 6, { type: 'call.early-media' })]),
  ).toContain('goes on');
  expect(failuresOf(run(), [...CALL, END], new Set(['c']))).toContain('taken up again');
  expect(failuresOf(run({ fellBy: 'a fatal line' }), CALL)).toContain('ended by itself');
});

test('[DAY33] speech that is repeated is found', () => {
  const again = (seq: number, draft: CallEventDraft): CallEvent => eventOf('c', seq, draft);
  expect(
    failuresOf(run(), [...CALL, again(5, { type: 'chunk.speaking', chunkId, durationMs: 800 })]),
  ).toContain('sound twice');
  expect(failuresOf(run(), [...CALL, again(5, { type: 'chunk.spoken', chunkId, heardMs: 800 })])).toContain(
    'heard twice',
  );
  expect(
    failuresOf(run(), [...CALL.slice(0, 4), again(4, { type: 'chunk.spoken', chunkId, heardMs: 1900 })]),
  ).toContain('1100 ms longer');
});
