import { expect, test } from 'vitest';
import { emptyTimeline } from './fold-timeline.ts';
import { handoffBrief, type HandoffBrief } from './handoff-brief.ts';
import { spokenBrief } from './spoken-brief.ts';

const brief = (more: Partial<HandoffBrief> = {}): HandoffBrief => ({
  ...handoffBrief({ ...emptyTimeline, displayName: 'Maya', line: 'Returns' }),
  ...more,
});

test('[GATE85] what can be pressed is said first and last', () => {
  const sentences = spokenBrief(brief());
  expect(sentences[0]).toContain('Press 1 to take it, or 2 to give it back');
  expect(sentences.at(-1)).toBe('Press 1 to take the call.');
});

test('[GATE85] it says who calls on which line, what they said and what they are known by', () => {
  const sentences = spokenBrief(
    brief({
      wants: 'hello there',
      openQuestion: 'Where is my order?',
      facts: [
        { name: 'weight', value: '3', from: 'tool' },
        { name: 'number', value: '48213', from: 'caller' },
      ],
    }),
  );
  expect(sentences).toContain('It is Maya on the line Returns.');
  expect(sentences).toContain('They said: Where is my order?');
  expect(sentences).toContain('Their number is 48213.');
  expect(spokenBrief(brief({ who: { name: '', from: null, line: 'Returns' } }))).toContain(
    'It is a caller on the line Returns.',
  );
});

test('[GATE85] a long story is cut between words', () => {
  const story = spokenBrief(brief({ openQuestion: 'word '.repeat(80) })).find(said =>
    said.startsWith('They said'),
  );
  expect(story).toMatch(/^They said: (?:word )+and so on\.$/u);
  expect(story?.length).toBeLessThan(200);
});

test('[GATE85] every sentence ends as one', () => {
  for (const sentence of spokenBrief(brief({ wants: 'no full stop' }))) expect(sentence).toMatch(/[.!?]$/u);
});
