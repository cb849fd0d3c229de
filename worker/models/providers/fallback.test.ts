import { describe, expect, test } from 'vitest';
import type { ReplyModel, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { SpokenAudio, VoiceEngine } from '#shared/adapters/voice-engine.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { FallbackReplyModel } from './fallback-reply-model.ts';
import { FallbackVoiceEngine } from './fallback-voice-engine.ts';
import { providerError, type ProviderErrorCode } from './provider-error.ts';
import type { ProviderNote } from './provider-note.ts';

const request: ReplyRequest = {
  callerText: 'Hello?',
  intent: 'UNKNOWN',
  history: [],
  hits: [],
  tools: [],
  notes: [],
  rephrase: null,
};
/** Words, or a `ProviderErrorCode`. */
type Turn = string;

/** Each call takes the next script: words to say, or a code to fail with at that point. */
class ScriptedModel implements ReplyModel {
  readonly name: string;
  readonly #scripts: (readonly Turn[])[];
  asked = 0;

  constructor(name: string, ...scripts: (readonly Turn[])[]) {
    this.name = name;
    this.#scripts = scripts;
  }

  async *reply() {
    this.asked += 1;
    const script = this.#scripts.length > 1 ? this.#scripts.shift() : this.#scripts[0];
    for (const turn of script ?? []) {
      if (turn.startsWith('provider.')) throw providerError(turn as ProviderErrorCode);
      yield { text: turn, citations: [], noteIds: [] };
    }
  }
}

function bench(...models: readonly ScriptedModel[]) {
  const clock = createVirtualClock();
  const notes: ProviderNote[] = [];
  const model = new FallbackReplyModel(models, { clock, restMs: 1000, tell: note => notes.push(note) });
  const ask = async (signal = new AbortController().signal): Promise<string> => {
    let text = '';
    const asked = (async () => {
      for await (const part of model.reply(request, signal)) text += part.text;
      return text;
    })();
    asked.catch(() => undefined);
    await clock.advanceAsync(500);
    return asked;
  };
  return { clock, notes, model, ask };
}

describe('spares', () => {
  test('[PRO24] the next brain answers, the switch is told with its code, and the name is that of who answers', async () => {
    const { notes, model, ask } = bench(
      new ScriptedModel('a', ['provider.refused']),
      new ScriptedModel('offline', ['Hello.']),
    );
    expect(model.name).toBe('a');
    expect(await ask()).toBe('Hello.');
    expect(notes).toEqual([
      { type: 'switched', role: 'reply', from: 'a', to: 'offline', code: 'provider.refused' },
    ]);
    expect(model.name).toBe('offline');
  });

  test('[PRO21] what may pass is tried again before the first words; a refusal or a lost wait is not', async () => {
    for (const [code, tries] of [
      ['provider.rate-limited', 3],
      ['provider.unreachable', 3],
      ['provider.refused', 1],
      ['provider.timeout', 1],
    ] as const) {
      const first = new ScriptedModel('a', [code]);
      const { ask } = bench(first, new ScriptedModel('b', ['Hello.']));
      expect(await ask()).toBe('Hello.');
      expect([code, first.asked]).toEqual([code, tries]);
    }
    const shaky = new ScriptedModel('a', ['provider.failed'], ['I am here.']);
    const { ask, notes } = bench(shaky, new ScriptedModel('b', ['Hello.']));
    expect(await ask()).toBe('I am here.');
    expect(notes).toEqual([]);
  });

  test('[PRO21] after the first words nothing is tried again: the caller may have heard them', async () => {
    const first = new ScriptedModel('a', ['I ', 'provider.failed']);
    const spare = new ScriptedModel('b', ['Hello.']);
    const { ask } = bench(first, spare);
    await expect(ask()).rejects.toMatchObject({ body: { code: 'provider.failed' } });
    expect([first.asked, spare.asked]).toEqual([1, 0]);
  });

  test('[PRO22] who failed rests, and is the first choice again afterwards', async () => {
    const first = new ScriptedModel('a', ['provider.refused'], ['I am back.']);
    const { ask, clock, notes } = bench(first, new ScriptedModel('b', ['Hello.']));
    await ask();
    expect(await ask()).toBe('Hello.');
    expect(first.asked).toBe(1);
    await clock.advanceAsync(1000);
    expect(await ask()).toBe('I am back.');
    expect(notes.at(-1)).toEqual({ type: 'recovered', role: 'reply', to: 'a' });
  });

  test('[PRO14] an abort during the back-off asks nobody else', async () => {
    const spare = new ScriptedModel('b', ['Hello.']);
    const { ask, clock } = bench(new ScriptedModel('a', ['provider.failed']), spare);
    const abort = new AbortController();
    clock.after(100, () => abort.abort('barge-in'));
    expect(await ask(abort.signal)).toBe('');
    expect(spare.asked).toBe(0);
  });
});

describe('spare voices', () => {
  const audio = (length: number): SpokenAudio => ({ samples: new Int16Array(length), marks: [] });
  const voice = (name: string, speak: () => Promise<SpokenAudio>): VoiceEngine => ({
    name,
    synthesise: speak,
  });
  const never = new AbortController().signal;

  test('[PRO24] a voice that fails is replaced for the same sentence', async () => {
    const notes: ProviderNote[] = [];
    const voices = new FallbackVoiceEngine(
      [
        voice('a', async () => {
          throw providerError('provider.rate-limited');
        }),
        voice('local', async () => audio(7)),
      ],
      { clock: createVirtualClock(), restMs: 1000, tell: note => notes.push(note) },
    );
    expect((await voices.synthesise('Hello.', 'ai', never)).samples).toHaveLength(7);
    expect(notes).toEqual([
      { type: 'switched', role: 'voice', from: 'a', to: 'local', code: 'provider.rate-limited' },
    ]);
    expect(voices.name).toBe('local');
  });

  test('[PRO28] callers and the system speak with the local voice', async () => {
    let asked = 0;
    const voices = new FallbackVoiceEngine(
      [
        voice('a', async () => {
          asked += 1;
          return audio(1);
        }),
        voice('local', async () => audio(7)),
      ],
      { clock: createVirtualClock(), restMs: 1000, tell: () => undefined },
    );
    for (const role of ['caller', 'system'] as const)
      expect((await voices.synthesise('Hello.', role, never)).samples).toHaveLength(7);
    expect([asked, voices.name]).toEqual([0, 'a']);
  });
});
