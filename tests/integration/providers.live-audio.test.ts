import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { ELEVENLABS_TONE_HZ } from '#tests/emulators/elevenlabs-emulator.ts';
import {
  startEmulators,
  startProviders,
  type Emulators,
  type ProviderBench,
} from '#tests/emulators/provider-bench.ts';
import { startCallBench, toneLevel, type CallBench } from './call-bench.ts';

let emulators: Emulators;
let bench: CallBench;
let provided: ProviderBench;

/** Grounded for a question, a promise under pressure, and after the veto something safe. */
function answer(turn: string): readonly string[] {
  if (turn.includes('was stopped before')) return ['I can ', 'open a request ', 'for you.'];
  if (/money|refund/iu.test(turn.split('The caller said')[1] ?? ''))
    return ['You will get ', 'a full refund today, ', 'I guarantee it.'];
  const fee = /\[(p\d+)\] [^\n]*fee[^\n]*/iu.exec(turn)?.[1] ?? 'p1';
  return ['There is a fee ', `for small orders [${fee}]`, '. Anything else?'];
}

beforeAll(async () => {
  emulators = await startEmulators({ answer }, [
    { text: 'Why is there a fee on my invoice?', afterMs: 900 },
    { text: 'I want my money back today.', afterMs: 2600 },
  ]);
  provided = await startProviders(emulators, {
    reply: ['openai-chat'],
    hearing: ['deepgram'],
    voice: ['elevenlabs'],
  });
  bench = await startCallBench({ providers: provided.providers });
}, 120_000);
afterAll(async () => {
  await bench.stop();
  await provided.providers.stop();
  await emulators.close();
});

const eventsOf = (callId: CallId): readonly CallEvent[] =>
  bench.journal.events.filter(event => event.conversationId === callId);

test(
  '[PRO43] a caller is heard by Deepgram, answered by OpenAI with a source and spoken to by ElevenLabs; a vetoed sentence is never synthesised',
  { timeout: 120_000 },
  async () => {
    const callId = bench.ring('interrupts-twice');
    await bench.journal.until(event => event.conversationId === callId && event.type === 'call.ended');
    const events = eventsOf(callId);
    // Heard: the words are those of the recogniser, not of the script.
    const said = events.flatMap(event =>
      event.type === 'transcript.final' && event.speaker === 'caller' ? [event.text] : [],
    );
    expect(said).toEqual(
      expect.arrayContaining(['Why is there a fee on my invoice?', 'I want my money back today.']),
    );
    // Answered: the sentence names its passage, and the marker is not spoken.
    const drafted = events.flatMap(event => (event.type === 'chunk.drafted' ? [event] : []));
    const fee = drafted.find(chunk => chunk.text.includes('There is a fee'));
    expect(fee?.text.trim()).toBe('There is a fee for small orders.');
    expect(fee?.citations[0]).toMatchObject({ kind: 'document', span: expect.any(Array) });
    // Vetoed: the promise was drafted and refused, and the voice has never seen it.
    expect(drafted.some(chunk => chunk.text.includes('guarantee'))).toBe(true);
    expect(events.some(event => event.type === 'chunk.vetoed')).toBe(true);
    const synthesised = emulators.elevenlabs.messages
      .map(message => (typeof message['text'] === 'string' ? message['text'] : ''))
      .join(' ');
    expect(synthesised).not.toMatch(/guarantee|full refund/u);
    expect(synthesised).toMatch(/There is a fee for small orders\./u);
    // Spoken to: what sounds at the caller's end while the AI speaks is the provider's voice.
    const ai = bench.heard(callId).filter(frame => frame.ai);
    expect(ai.length).toBeGreaterThan(20);
    const levels = ai.map(frame => toneLevel([frame], ELEVENLABS_TONE_HZ));
    expect(levels.reduce((sum, level) => sum + level, 0) / levels.length).toBeGreaterThan(0.1);
    expect(provided.notes.filter(note => note.type === 'switched')).toEqual([]);
  },
);
