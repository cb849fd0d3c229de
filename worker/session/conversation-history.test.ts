import { describe, expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { appendToHistory, NO_HISTORY } from './conversation-history.ts';

const event = (fields: Record<string, unknown>): CallEvent => fields as unknown as CallEvent;

describe('conversation history', () => {
  test('[RSN8] keeps what was heard, in order, and nothing that was not', () => {
    const log = [
      event({ type: 'transcript.final', text: 'Where is it?' }),
      event({ type: 'chunk.released', chunkId: 'c1', text: 'It left on Monday.' }),
      event({ type: 'chunk.released', chunkId: 'c2', text: 'It arrives on Thursday.' }),
      event({ type: 'chunk.spoken', chunkId: 'c1' }),
      event({ type: 'chunk.interrupted', chunkId: 'c2', heardText: 'It arrives' }),
      event({ type: 'chunk.released', chunkId: 'c3', text: 'Never heard.' }),
      event({ type: 'chunk.withheld', chunkId: 'c3' }),
      event({ type: 'human-speech.finished', userName: 'Morgan', durationMs: 12_300, text: null }),
      event({ type: 'takeover.ended', userName: 'Morgan', notes: 'Promised a call back.' }),
    ];
    expect(log.reduce(appendToHistory, NO_HISTORY).lines).toEqual([
      { speaker: 'caller', text: 'Where is it?' },
      { speaker: 'ai', text: 'It left on Monday.' },
      { speaker: 'ai', text: 'It arrives' },
      { speaker: 'human', text: '(Morgan spoke with the caller for 12 seconds; not transcribed)' },
      { speaker: 'human', text: '(Note of Morgan: Promised a call back.)' },
    ]);
  });
});
