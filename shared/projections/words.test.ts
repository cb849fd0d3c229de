import { expect, test } from 'vitest';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { stepSummary, newSummary } from './board/summary.ts';
import { endWords, eventWords } from './words.ts';

test('[API56] why a phone did not answer is said in words, on the floor and in the transcript', () => {
  const ended = eventOf('c', 1, {
    type: 'call.ended',
    reason: 'line-failed',
    durationMs: 5,
    code: 'line.busy',
  });
  expect(eventWords(ended)).toBe('The number was busy');
  const ringing = eventOf('c', 0, RINGING);
  if (ringing.type !== 'call.ringing') throw new Error('unreachable');
  const { endReason, endCode } = stepSummary(newSummary(ringing), ended);
  expect(endWords(endReason ?? '', endCode)).toBe('The number was busy');
});

test('[API56] a reason without words of its own still reads', () => {
  expect(endWords('line-failed', 'line.something-new')).toBe('The line failed');
  expect(endWords('caller-hung-up')).toBe('The caller hung up');
});

test('[SIP25] the transcript says whom a colleague is told of, what was kept from them, and what they decided', () => {
  const judged: CallEventDraft = {
    type: 'briefing.judged',
    briefingId: 'b',
    text: 'They said: hello. ',
    decision: 'allow',
    veto: null,
    verdicts: [],
    judgeMs: 1,
  };
  expect(eventWords(eventOf('c', 1, { type: 'call.parked', with: 'briefing', target: '+4930' }))).toBe(
    '+4930 is told of the call; the caller is on hold',
  );
  expect(eventWords(eventOf('c', 2, judged))).toBe('For the colleague: They said: hello.');
  const veto = { policy: 'no-refund-promise', reason: 'x' };
  expect(eventWords(eventOf('c', 3, { ...judged, decision: 'veto', veto }))).toContain(
    'Not told to the colleague',
  );
  expect(
    eventWords(
      eventOf('c', 4, { type: 'briefing.ended', briefingId: 'b', target: '+4930', outcome: 'declined' }),
    ),
  ).toBe('+4930 gives the call back');
});
