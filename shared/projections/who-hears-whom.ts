import type { CallTimeline } from './call-timeline.ts';

/** Who hears whom, seen by one person, in words that finish "You hear ..." and "... hears you". */
export interface WhoHearsWhom {
  readonly youHear: string;
  /** A whole sentence: `Nobody hears you`, `The caller hears you`, `The caller and Jun Tanaka hear you`. */
  readonly hearsYou: string;
  readonly callerHearsYou: boolean;
  /** What the caller hears besides this person. */
  readonly callerHearsAi: boolean;
}

/** Reads the edges that the media plane confirmed; it decides nothing by itself (HEAR1 is the one decision). */
export function whoHearsWhom(timeline: CallTimeline, userId: string): WhoHearsWhom {
  const me = `human:${userId}`;
  const nameOf = (party: string): string => {
    if (party === 'caller') return 'the caller';
    if (party === 'ai') return 'the AI';
    if (party === 'colleague') return 'the colleague on the phone';
    return timeline.people.find(person => `human:${person.userId}` === party)?.name ?? 'a colleague';
  };
  const heard = timeline.edges.filter(([, to]) => to === me).map(([from]) => from);
  const listeners = timeline.edges.filter(([from]) => from === me).map(([, to]) => to);
  const names = listeners.map(nameOf);
  const both = heard.length === 2 && heard.includes('caller') && heard.includes('ai');
  return {
    youHear: heard.length === 0 ? 'nobody' : both ? 'caller and AI' : joined(heard.map(nameOf)),
    hearsYou:
      names.length === 0
        ? 'Nobody hears you'
        : `${upperFirst(joined(names))} ${names.length === 1 ? 'hears' : 'hear'} you`,
    callerHearsYou: listeners.includes('caller'),
    callerHearsAi: timeline.edges.some(([from, to]) => from === 'ai' && to === 'caller'),
  };
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function joined(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
