import { describe, expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { longCall } from '#tests/fixtures/long-call.ts';
import { takenOverCall } from '#tests/fixtures/rich-call.ts';
import { appendToTimeline, emptyTimeline, foldTimeline } from './fold-timeline.ts';
import { handoffBrief, handoffBriefSchema } from './handoff-brief.ts';

const events = takenOverCall();
const at = (until: (type: string) => boolean) => {
  const end = events.findIndex(event => until(event.type));
  return handoffBrief(foldTimeline(events.slice(0, end + 1)));
};

describe('handoff brief', () => {
  test('[ESC20] it is ready after every single event, fits its schema, and is the same for the same log', () => {
    let timeline = emptyTimeline;
    for (const event of events) {
      timeline = appendToTimeline(timeline, event) ?? timeline;
      const brief = handoffBrief(timeline);
      expect(handoffBriefSchema.safeParse(brief).success).toBe(true);
      expect(brief.summary).not.toBe('');
      expect(brief.nextStep).not.toBe('');
    }
    expect(handoffBrief(timeline)).toEqual(handoffBrief(foldTimeline(events)));
  });

  test('[ESC21] the disposition follows the call from the first ring to its end', () => {
    expect(at(type => type === 'call.ringing').disposition).toMatchObject({
      stage: 'ringing',
      outcome: 'nothing-asked',
    });
    expect(at(type => type === 'transcript.final').disposition).toMatchObject({
      stage: 'with-ai',
      outcome: 'open',
    });
    expect(at(type => type === 'takeover.live').disposition.stage).toBe('with-person');
    const raised = at(type => type === 'attention.raised');
    expect(raised.disposition.needsPerson[0]?.reason).toBe('promise-vetoed');
    expect(handoffBrief(foldTimeline(longCall(200))).disposition).toMatchObject({
      stage: 'ended',
      endReason: 'caller-hung-up',
    });
  });

  test('[ESC22] facts come from the caller and from tools, and a number stands under its proper name once', () => {
    const { facts } = handoffBrief(foldTimeline(events));
    expect(facts).toContainEqual({ name: 'order', value: '4711', from: 'caller' });
    expect(facts.filter(({ value }) => value === '4711')).toHaveLength(1);
    expect(facts.some(({ from }) => from === 'tool')).toBe(true);
  });

  test('[ESC23][ESC24] the open question is what nobody has answered, and the next step follows', () => {
    const asked = at(type => type === 'transcript.final');
    expect(asked.openQuestion).toBe(asked.wants);
    expect(asked.nextStep).toBe('Wait for the AI to answer, or take over.');
    const answered = handoffBrief(foldTimeline(longCall(20)));
    expect([answered.openQuestion, answered.disposition.outcome]).toEqual([null, 'answered']);
    const withPerson = events.map((event): CallEvent =>
      event.type === 'attention.raised'
        ? { ...event, reason: 'asked-for-person', because: '“A person, please.”' }
        : event,
    );
    const end = withPerson.findIndex(event => event.type === 'attention.raised');
    const brief = handoffBrief(foldTimeline(withPerson.slice(0, end + 1)));
    expect(brief.nextStep).toBe('Take over: the caller waits for a person.');
    expect(brief.summary).toContain('“A person, please.”');
  });

  test('[ESC25] the transcript holds every word that was said and heard, with roles, and no vetoed one', () => {
    const brief = handoffBrief(foldTimeline(events));
    const said = events.flatMap(event => (event.type === 'transcript.final' ? [event.text] : []));
    expect(brief.transcript.flatMap(({ role, text }) => (role === 'caller' ? [text] : []))).toEqual(said);
    expect(brief.vetoes.length).toBeGreaterThan(0);
    const heard = brief.transcript.map(({ text }) => text).join(' ');
    for (const { text } of brief.vetoes) expect(heard).not.toContain(text);
    expect(brief.transcript.some(({ role }) => role === 'person')).toBe(true);
    expect(brief.transcript.map(({ atMs }) => atMs)).toEqual(
      brief.transcript.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
    );
  });
});
