import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallTimeline, NoteView, PersonOnCall } from '../call-timeline.ts';

/** More than the newest few nobody reads while speaking. */
const SUGGESTIONS_SHOWN = 4;

/** Our people on the call: who listens, who has the floor, who hears whom, what was whispered. */
export function foldPeople(timeline: CallTimeline, event: CallEvent): CallTimeline {
  switch (event.type) {
    case 'call.connected':
      // Until the media plane confirms its first matrix, this is how every call begins.
      return timeline.edges.length > 0
        ? timeline
        : {
            ...timeline,
            edges: [
              ['caller', 'ai'],
              ['ai', 'caller'],
            ],
          };
    case 'listener.joined':
      return withPerson(timeline, event, { listening: true });
    case 'listener.left':
      return withPerson(
        timeline,
        event,
        event.cause === 'asked' ? { listening: false } : { listening: false, mic: 'monitor' },
      );
    case 'mic.changed':
      return withPerson(timeline, event, { mic: event.to });
    case 'audibility.changed':
      return { ...timeline, edges: event.edges };
    case 'floor.changed': {
      const { holder, userId, userName, atMs } = event;
      const taken = holder === 'human' && event.cause === 'take-over' && userId !== null;
      return {
        ...timeline,
        floor: holder,
        floorUserId: holder === 'human' ? userId : null,
        floorSinceMs: atMs,
        suggestions: holder === 'ai' ? [] : timeline.suggestions,
        takeover: taken ? { userId, userName: userName ?? '', atMs, liveMs: null } : null,
      };
    }
    case 'takeover.live':
      // A barge opens the same edge and says so with the same event; only a takeover has a holder here.
      return timeline.takeover?.userId === event.userId
        ? { ...timeline, takeover: { ...timeline.takeover, atMs: event.atMs, liveMs: event.liveMs } }
        : timeline;
    case 'takeover.ended':
      return { ...timeline, takeover: null, suggestions: [] };
    case 'suggestion.drafted': {
      const { suggestionId, text, decision, veto, citations, atMs } = event;
      const view = { suggestionId, text, decision, veto, citations, atMs, used: false, isStale: false };
      return { ...timeline, suggestions: [view, ...timeline.suggestions].slice(0, SUGGESTIONS_SHOWN) };
    }
    case 'call.resumed':
      return { ...timeline, suggestions: timeline.suggestions.map(one => ({ ...one, isStale: true })) };
    case 'suggestion.used':
      return {
        ...timeline,
        suggestions: timeline.suggestions.map(one =>
          one.suggestionId === event.suggestionId ? { ...one, used: true } : one,
        ),
      };
    case 'call.ended':
      return { ...timeline, takeover: null, suggestions: [], people: [], edges: [] };
    case 'speech.held':
      return { ...timeline, held: { sinceMs: event.atMs, userName: event.userName } };
    case 'speech.resumed':
      return { ...timeline, held: null };
    case 'whisper.noted': {
      const { noteId, userName, text, atMs } = event;
      return withNote(timeline, { noteId, userName, text, atMs, receipt: { name: 'received' } });
    }
    case 'whisper.used': {
      const { turnNumber, chunkIds } = event;
      return withReceipt(timeline, event.noteId, { name: 'used', turnNumber, chunkIds });
    }
    case 'whisper.unused':
      return withReceipt(timeline, event.noteId, { name: 'unused', reason: event.reason });
    default:
      return timeline;
  }
}

function withPerson(
  timeline: CallTimeline,
  who: { readonly userId: string; readonly userName: string },
  change: Partial<PersonOnCall>,
): CallTimeline {
  const { userId, userName: name } = who;
  const before = timeline.people.find(person => person.userId === userId);
  const after: PersonOnCall = {
    ...(before ?? { userId, listening: false, mic: 'monitor' }),
    name,
    ...change,
  };
  const here = after.listening || after.mic !== 'monitor';
  const people = before
    ? timeline.people.flatMap(person => (person !== before ? [person] : here ? [after] : []))
    : here
      ? [...timeline.people, after]
      : timeline.people;
  return { ...timeline, people };
}

function withNote(timeline: CallTimeline, note: NoteView): CallTimeline {
  return { ...timeline, notes: { ...timeline.notes, [note.noteId]: note } };
}

function withReceipt(timeline: CallTimeline, noteId: string, receipt: NoteView['receipt']): CallTimeline {
  const note = timeline.notes[noteId];
  return note ? withNote(timeline, { ...note, receipt }) : timeline;
}
