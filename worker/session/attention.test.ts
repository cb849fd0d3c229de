import { describe, expect, test } from 'vitest';
import { NO_INFORMATION } from '#shared/adapters/reply-model.ts';
import type { AttentionReason } from '#shared/domain/call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { NO_ATTENTION, stepAttention, type RaisedAttention } from './attention.ts';
import type { EscalationSettings } from './call-settings.ts';
import { frustrationIn, saysTheSame } from './frustration.ts';
import { stepPersonOffer } from './person-offer.ts';

/** Only the fields the fold reads; the rest of an event is of no interest here. */
const event = (fields: Record<string, unknown>): CallEvent => fields as unknown as CallEvent;

const SETTINGS: EscalationSettings = { frustration: true, morePhrases: [], offer: 'Shall I ask a person?' };

function told(events: readonly CallEvent[], settings = SETTINGS): RaisedAttention[] {
  let count = NO_ATTENTION;
  const reasons: RaisedAttention[] = [];
  for (const next of events) {
    const [after, raised] = stepAttention(count, next, settings);
    count = after;
    if (!raised) continue;
    reasons.push(raised);
    count = stepAttention(count, event({ type: 'attention.raised', ...raised }), settings)[0];
  }
  return reasons;
}
const raised = (events: readonly CallEvent[], settings = SETTINGS): AttentionReason[] =>
  told(events, settings).map(({ reason }) => reason);

const interruption = event({ type: 'interruption.confirmed' });
const unknown = event({ type: 'chunk.drafted', origin: 'reply', text: `${NO_INFORMATION} ` });

describe('attention', () => {
  test('[SUP20] a promise that was vetoed, a person asked for, a card number and a long silence raise the call at once', () => {
    expect(raised([event({ type: 'chunk.vetoed', policy: 'no-refund-promise' })])).toEqual([
      'promise-vetoed',
    ]);
    expect(raised([event({ type: 'chunk.vetoed', policy: 'topic-bounds' })])).toEqual([]);
    expect(raised([event({ type: 'intent.judged', intent: 'TRANSFER_HUMAN' })])).toEqual([
      'asked-for-person',
    ]);
    expect(raised([event({ type: 'transcript.final', text: 'My card is', redactionCount: 1 })])).toEqual([
      'card-data-spoken',
    ]);
    expect(
      raised([
        event({ type: 'silence.noticed', silenceMs: 8000 }),
        event({ type: 'silence.noticed', silenceMs: 16_000 }),
      ]),
    ).toEqual(['long-silence']);
  });

  test('[SUP20] interruptions and questions outside the knowledge count to two, and each reason is raised once', () => {
    expect(raised([interruption])).toEqual([]);
    expect(raised([interruption, interruption, interruption])).toEqual(['interrupted-often']);
    expect(raised([unknown, event({ ...unknown, origin: 'fallback' })])).toEqual([]);
    expect(raised([unknown, unknown, unknown])).toEqual(['outside-knowledge']);
  });

  test('[MOS6] a line that is poor for 30 s is told once, by its way, and again only after it had recovered', () => {
    let atMs = 0;
    const readings = (direction: string, ...scores: readonly number[]): CallEvent[] =>
      scores.map(mos =>
        event({ type: 'quality.measured', direction, mos, windowMs: 10_000, atMs: (atMs += 10_000) }),
      );
    const cleared = event({ type: 'attention.cleared', reason: 'poor-line' });
    const poor = readings('from-caller', 4.4, 3, 3, 3, 3);
    expect(told(poor)).toEqual([{ reason: 'poor-line', because: '3.5 of 4.4 for 30 s from the caller' }]);
    expect(raised([...poor, cleared, ...readings('from-caller', 3, 3, 3)])).toEqual(['poor-line']);
    expect(raised([...poor, ...readings('to-caller', 3, 3, 3)])).toEqual(['poor-line']);
    const recovered = readings('from-caller', 4.4, 4.4, 4.4, 2, 2, 2);
    expect(raised([...poor, cleared, ...recovered])).toEqual(['poor-line', 'poor-line']);
    expect(raised(readings('to-caller', 3, 3))).toEqual([]);
  });

  test('[SUP20] what somebody took care of can be raised again', () => {
    const cleared = event({ type: 'attention.cleared', reason: 'interrupted-often' });
    expect(raised([interruption, interruption, cleared, interruption])).toEqual([
      'interrupted-often',
      'interrupted-often',
    ]);
  });

  test('[SUP20] sentences that policies stop count to three, whatever the policy; what a supervisor stops does not', () => {
    const veto = event({
      type: 'chunk.vetoed',
      by: 'policy',
      policy: 'topic-bounds',
      reason: 'legal-advice',
    });
    const byPerson = event({ type: 'chunk.vetoed', by: 'supervisor', policy: 'supervisor' });
    expect(raised([veto, byPerson, veto, byPerson])).toEqual([]);
    expect(raised([veto, veto, veto, veto])).toEqual(['vetoed-often']);
    const promise = event({ type: 'chunk.vetoed', by: 'policy', policy: 'no-guarantee', reason: 'x' });
    expect(raised([promise, promise, promise])).toEqual(['promise-vetoed', 'vetoed-often']);
  });
});

const said = (text: string): CallEvent => event({ type: 'transcript.final', text, redactionCount: 0 });
const asked = (query: string, scoreRatio: number | null): CallEvent =>
  event({ type: 'retrieval.finished', query, hits: scoreRatio === null ? [] : [{ scoreRatio }] });
const offer = event({ type: 'chunk.drafted', origin: 'notice', text: SETTINGS.offer });

describe('escalation', () => {
  test('[ESC1] asking for a person, or saying yes to the offer, raises the call with the words', () => {
    expect(
      told([said('A human, please.'), event({ type: 'intent.judged', intent: 'TRANSFER_HUMAN' })]),
    ).toEqual([{ reason: 'asked-for-person', because: '“A human, please.”' }]);
    expect(told([offer, said('Yes, please do.')])).toEqual([
      { reason: 'asked-for-person', because: '“Yes, please do.”' },
    ]);
    expect(raised([offer, said('No, thank you.'), said('Yes, that is my order.')])).toEqual([]);
    expect(raised([said('Yes.')])).toEqual([]);
  });

  test('[ESC2] two unsupported questions in a row raise the call; small talk and supported ones do not', () => {
    const [first, second] = [asked('Can you fix my roof?', null), asked('Who is your director?', 0.1)];
    expect(told([first, second])).toEqual([
      { reason: 'outside-knowledge', because: '“Who is your director?”' },
    ]);
    expect(raised([first, asked('Where is my parcel?', 0.8), second])).toEqual([]);
    expect(raised([first, event({ type: 'tool.finished', status: 'ok' }), second])).toEqual([]);
    expect(raised([first, asked('All right then.', null), asked('Thank you so much.', null)])).toEqual([]);
  });

  test('[ESC3][ESC6] a strong phrase raises the call at once and is quoted', () => {
    expect(told([said('This is ridiculous.')])).toEqual([
      { reason: 'frustrated', because: '“This is ridiculous.”' },
    ]);
    expect(frustrationIn('I am fed up with this', [])).toBe('strong');
    expect(frustrationIn('That’s not what I asked', [])).toBe('mild');
    expect(frustrationIn('The lamp is still lovely.', [])).toBeNull();
  });

  test('[ESC3] mild signs add up: words, repetition, cutting in', () => {
    const mild = said('I already told you.');
    expect(raised([mild])).toEqual([]);
    expect(raised([mild, said('That is not what I asked.')])).toEqual(['frustrated']);
    expect(
      told([said('Where is my parcel from Monday?'), mild, said('From Monday, where is my parcel?')]),
    ).toEqual([{ reason: 'frustrated', because: 'said again: “From Monday, where is my parcel?”' }]);
    expect(told([mild, interruption])).toEqual([{ reason: 'frustrated', because: '“I already told you.”' }]);
  });

  test('[ESC4] the same is the same in any order; short answers are not compared', () => {
    expect(saysTheSame('Where is my brass lamp order?', 'My order, the brass lamp, where is it?')).toBe(true);
    expect(saysTheSame('Where is my brass lamp order?', 'When was my invoice sent to me?')).toBe(false);
    expect(saysTheSame('Yes please.', 'Yes please.')).toBe(false);
  });

  test('[ESC5] what was said long ago does not count', () => {
    const calm = ['One.', 'Two.', 'Three.', 'Four.', 'Five.', 'Six.'].map(said);
    const mild = said('I already told you.');
    expect(raised([mild, ...calm, mild])).toEqual([]);
    expect(raised([mild, ...calm.slice(0, 4), mild])).toEqual(['frustrated']);
  });

  test('[ESC7] reading for frustration can be switched off, and phrases added', () => {
    const events = [said('This is ridiculous.'), said('This is ridiculous.'), said('I already told you.')];
    expect(raised(events, { ...SETTINGS, frustration: false })).toEqual([]);
    expect(
      raised([said('I will write to the OMBUDSMAN.')], { ...SETTINGS, morePhrases: ['ombudsman'] }),
    ).toEqual(['frustrated']);
  });

  test('[ESC8] three sentences vetoed by policies raise the call; a supervisor’s do not count', () => {
    const veto = (by: string): CallEvent => event({ type: 'chunk.vetoed', by, policy: 'topic-bounds' });
    expect(raised([veto('policy'), veto('policy'), veto('supervisor'), veto('supervisor')])).toEqual([]);
    expect(raised([veto('policy'), veto('policy'), veto('policy')])).toEqual(['vetoed-often']);
  });

  test('[ESC9] a person is offered once, when the AI is quiet and has the floor', () => {
    const quiet = { type: 'quiet', floor: 'ai', held: false } as const;
    const wanted = stepPersonOffer('none', { type: 'raised', reason: 'frustrated' });
    expect(wanted).toEqual(['wanted', false]);
    expect(stepPersonOffer('wanted', { ...quiet, floor: 'human' })).toEqual(['wanted', false]);
    expect(stepPersonOffer('wanted', { ...quiet, held: true })).toEqual(['wanted', false]);
    expect(stepPersonOffer('wanted', quiet)).toEqual(['made', true]);
    expect(stepPersonOffer('made', { type: 'raised', reason: 'outside-knowledge' })).toEqual(['made', false]);
    expect(stepPersonOffer('none', quiet)).toEqual(['none', false]);
    expect(stepPersonOffer('wanted', { type: 'raised', reason: 'asked-for-person' })).toEqual([
      'made',
      false,
    ]);
    expect(stepPersonOffer('none', { type: 'raised', reason: 'long-silence' })).toEqual(['none', false]);
  });

  test('[OVL10] a draft on a guess raises the call only if the guess becomes the answer', () => {
    const guess = { hypothesisId: 'h1', chunkId: 'c1' };
    const draft = event({ type: 'chunk.drafted', origin: 'reply', text: 'I guarantee it. ', ...guess });
    const veto = event({ type: 'chunk.vetoed', policy: 'no-guarantee', chunkId: 'c1' });
    const ended = (outcome: string): CallEvent =>
      event({ type: 'speculation.ended', outcome, hypothesisId: 'h1' });
    expect(raised([draft, veto, ended('discarded')])).toEqual([]);
    expect(raised([draft, veto, ended('adopted')])).toEqual(['promise-vetoed']);
    const nothing = event({ type: 'chunk.drafted', origin: 'reply', text: NO_INFORMATION, ...guess });
    expect(raised([unknown, nothing, ended('discarded')])).toEqual([]);
    expect(raised([unknown, nothing, ended('adopted')])).toEqual(['outside-knowledge']);
  });
});
