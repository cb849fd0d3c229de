import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** The conversation as everybody heard it: AI speech that was cut keeps only what sounded (RSN8). */
export interface ConversationHistory {
  readonly lines: readonly HistoryLine[];
  /** Texts of released chunks that have not ended yet. */
  readonly released: Readonly<Record<string, string>>;
}

export const NO_HISTORY: ConversationHistory = { lines: [], released: {} };

/** What Lane B is told of a person's words when nobody wrote them down. */
export function unheardHumanSpeech(userName: string, durationMs: number): string {
  return `(${userName} spoke with the caller for ${String(Math.max(1, Math.round(durationMs / 1000)))} seconds; not transcribed)`;
}

export function appendToHistory(history: ConversationHistory, event: CallEvent): ConversationHistory {
  switch (event.type) {
    case 'transcript.final':
      return say(history, { speaker: 'caller', text: event.text });
    case 'chunk.released':
      return { ...history, released: { ...history.released, [event.chunkId]: event.text } };
    case 'chunk.spoken': {
      const text = history.released[event.chunkId];
      return text === undefined ? history : say(history, { speaker: 'ai', text });
    }
    case 'chunk.interrupted':
      return event.heardText.trim() === '' ? history : say(history, { speaker: 'ai', text: event.heardText });
    case 'human-speech.finished':
      return say(history, {
        speaker: 'human',
        text: event.text ?? unheardHumanSpeech(event.userName, event.durationMs),
      });
    case 'suggestion.used':
      return say(history, { speaker: 'human', text: event.text });
    case 'takeover.ended':
      return event.notes === ''
        ? history
        : say(history, { speaker: 'human', text: `(Note of ${event.userName}: ${event.notes})` });
    default:
      return history;
  }
}

function say(history: ConversationHistory, line: HistoryLine): ConversationHistory {
  return { ...history, lines: [...history.lines, line] };
}
