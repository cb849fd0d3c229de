import type { CallTimeline } from './call-timeline.ts';

/** Who hears whom, seen by one person, in words that finish "You hear ..." and "... hears you". */
export interface WhoHearsWhom {
  readonly youHear: string;
  /** A whole sentence: `Nobody hears you`, `The caller hears you`, `The caller and Jun Tanaka hear you`. */
  readonly hearsYou: string;
  readonly callerHearsYou: boolean;
  /** What the caller hears besides this person. */
  readonly callerHearsAi: boolean;
  /** Whom this person whispers to, in words; `null` while they do not. */
  readonly coached: string | null;
  /** Who whispers to this person, in words; `null` for nobody. */
  readonly coaches: string | null;
}

type Heard = Pick<CallTimeline, 'edges' | 'people'>;

/** Reads the edges that the media plane confirmed; it decides nothing by itself (HEAR1 is the one decision). */
export function whoHearsWhom({ edges, people }: Heard, userId: string): WhoHearsWhom {
  const [me, whispering] = [`human:${userId}`, `coach:${userId}`];
  const nameOf = (party: string): string => {
    if (party === 'caller') return 'the caller';
    if (party === 'ai') return 'the AI';
    if (party === 'hold') return 'the hold tone';
    if (party === 'colleague') return 'the colleague on the phone';
    return people.find(person => person.userId === personOf(party))?.name ?? 'a colleague';
  };
  const heard = edges.filter(([, to]) => to === me).map(([from]) => from);
  const coached = edges.filter(([from, to]) => from === whispering && to !== 'caller').map(([, to]) => to);
  const listeners = edges.filter(([from]) => from === me || from === whispering).map(([, to]) => to);
  const names = listeners.map(nameOf);
  const both = heard.length === 2 && heard.includes('caller') && heard.includes('ai');
  return {
    youHear: heard.length === 0 ? 'nobody' : both ? 'caller and AI' : joined(heard.map(nameOf)),
    hearsYou:
      names.length === 0
        ? 'Nobody hears you'
        : `${upperFirst(joined(names))} ${names.length === 1 ? 'hears' : 'hear'} you`,
    callerHearsYou: listeners.includes('caller'),
    callerHearsAi: edges.some(([from, to]) => from === 'ai' && to === 'caller'),
    coached: wordsOrNull(coached.map(nameOf)),
    coaches: wordsOrNull(heard.filter(party => party.startsWith(COACH)).map(nameOf)),
  };
}

const COACH = 'coach:';
const personOf = (party: string): string => party.slice(party.indexOf(':') + 1);

/** Whether the caller hears one of those who whisper: the sentence that they cannot is drawn from this and from nothing else. */
export const callerHearsCoach = ({ edges }: Pick<Heard, 'edges'>): boolean =>
  edges.some(([from, to]) => from.startsWith(COACH) && to === 'caller');

/**
 * Somebody else whom the caller hears: whoever may, can whisper to them.
 * @returns their name, or `null` while the AI, nobody or this person has the call
 */
export function whoCanBeCoached({ edges, people }: Heard, userId: string): string | null {
  const speaker = edges.find(([from, to]) => to === 'caller' && from.startsWith('human:'))?.[0];
  if (speaker === undefined || personOf(speaker) === userId) return null;
  return people.find(person => person.userId === personOf(speaker))?.name ?? 'a colleague';
}

const wordsOrNull = (names: readonly string[]): string | null => (names.length === 0 ? null : joined(names));

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function joined(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
