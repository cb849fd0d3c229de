import { expect, test } from 'vitest';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { foldTimeline } from './fold-timeline.ts';
import { lineWords } from './line-words.ts';

const measured = (direction: 'from-caller' | 'to-caller', mos: number): CallEventDraft => ({
  type: 'quality.measured',
  direction,
  scope: 'webrtc-side',
  windowMs: 10_000,
  lossRatio: 0,
  jitterMs: 0,
  roundTripMs: 0,
  bufferMs: null,
  mos,
});
const timelineOf = (...drafts: readonly CallEventDraft[]) =>
  foldTimeline([RINGING, ...drafts].map((draft, seq) => eventOf('c1', seq, draft)));
const said = (...drafts: readonly CallEventDraft[]) => lineWords(timelineOf(...drafts));
const ENDED: CallEventDraft = { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 };

test('[MOS8] the line is as its worse direction is now, in a word and a number', () => {
  expect(said()).toBeNull();
  expect(said(measured('from-caller', 4.2))).toEqual({ words: 'Line: good, 4.2', grade: 'good' });
  expect(said(measured('from-caller', 4.2), measured('to-caller', 3.9))?.words).toBe('Line: fair, 3.9');
  expect(said(measured('from-caller', 3.5))?.words).toBe('Line: poor, 3.5');
  expect(said(measured('from-caller', 2))?.words).toBe('Line: bad, 2.0');
  expect(said(measured('from-caller', 2), measured('from-caller', 4.3))?.words).toBe('Line: good, 4.3');
});

test('[MOS8] of an ended call it is the mean of the worse direction, and the worst of all', () => {
  const scores = [measured('from-caller', 4.4), measured('from-caller', 3.4), measured('to-caller', 4.3)];
  expect(said(...scores, measured('from-caller', 4.2), ENDED)).toEqual({
    words: 'Line was: good, 4.0, at worst 3.4',
    grade: 'good',
  });
  expect(said(ENDED)).toBeNull();
});
