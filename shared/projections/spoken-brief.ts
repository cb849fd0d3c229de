import { BRIEFING_KEYS } from '#shared/domain/briefing.ts';
import type { HandoffBrief } from './handoff-brief.ts';
import { ATTENTION_WORDS, intentWords } from './words.ts';

/** A colleague at a phone hears no more than this of the caller's first words. */
const MOST_CHARS = 160;

const OUTCOMES: Readonly<Record<HandoffBrief['disposition']['outcome'], string>> = {
  'nothing-asked': 'They have not asked anything yet.',
  answered: 'The assistant has answered.',
  'no-information': 'The assistant has no information on it.',
  refused: 'The assistant was kept from answering.',
  open: 'Their last question is open.',
};

/**
 * What a colleague on the phone is told before they get the caller, sentence by sentence: what they can press comes first and last,
 * since nothing after a refused sentence is said (SIP25). Pure.
 */
export function spokenBrief(brief: HandoffBrief): readonly string[] {
  const { who, wants, facts, openQuestion, disposition } = brief;
  const { intent, outcome, needsPerson } = disposition;
  const { accept, decline } = BRIEFING_KEYS;
  const number = facts.find(({ from }) => from === 'caller');
  const reason = needsPerson.at(-1);
  const asked = openQuestion ?? wants;
  return [
    `A call is waiting for you. Press ${accept} to take it, or ${decline} to give it back.`,
    `It is ${who.name === '' ? 'a caller' : who.name} on the line ${who.line}.`,
    ...(intent === null ? [] : [`It is about: ${intentWords(intent).toLowerCase()}.`]),
    ...(asked === null ? [] : [`They said: ${shortened(asked)}`]),
    ...(number ? [`Their ${number.name} is ${number.value}.`] : []),
    ...(reason ? [`${ATTENTION_WORDS[reason.reason]}.`] : []),
    OUTCOMES[outcome],
    `Press ${accept} to take the call.`,
  ];
}

/** Whole words, and a full stop where there is none. */
function shortened(words: string): string {
  const text = words.trim();
  const kept =
    text.length <= MOST_CHARS ? text : `${text.slice(0, text.lastIndexOf(' ', MOST_CHARS))} and so on`;
  return /[.!?]$/u.test(kept) ? kept : `${kept}.`;
}
