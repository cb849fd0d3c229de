import type { SpokenAudio } from '#shared/adapters/voice-engine.ts';
import type { TurnId } from '#shared/domain/ids.ts';
import type { ChunkOrigin } from '#shared/domain/lanes.ts';
import type { ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import type { DraftPart, SpeechGate, Utterance, UtteranceSpec } from '#worker/lanes/speech-gate.ts';
import type { Belt } from '#worker/media/belt.ts';
import type { VoicePath } from './voice-path.ts';

export interface OwnSpeechDeps {
  readonly gate: SpeechGate;
  readonly belt: Belt;
  readonly voicePath: VoicePath;
}

/**
 * What the AI says without Lane B: greeting, Lane A, say-now, bridges and notices. Same gate, same belt; only the session is
 * not asked, because its queue cannot be told what is urgent (ADR: own speech goes to the belt).
 */
export class OwnSpeech {
  readonly #deps: OwnSpeechDeps;

  constructor(deps: OwnSpeechDeps) {
    this.#deps = deps;
  }

  /** Says the sentences after what is lined up, or before it (`front`). @returns the utterance */
  say(
    origin: ChunkOrigin,
    sentences: readonly DraftPart[],
    options: {
      readonly turnId: TurnId | null;
      readonly where: 'last' | 'front';
      readonly overrules?: NonNullable<UtteranceSpec['overrules']>;
    },
  ): Utterance {
    const { turnId, overrules } = options;
    const utterance = this.#deps.gate.open({
      lane: 'B',
      origin,
      turnId,
      ...(overrules ? { overrules } : {}),
    });
    this.#deps.belt.open(utterance.id, 'own', options.where);
    for (const sentence of sentences) this.#deps.gate.draft(utterance, sentence);
    this.#deps.gate.end(utterance);
    void this.#play(utterance, chunk => this.#deps.voicePath.voice(chunk, new AbortController().signal));
    return utterance;
  }

  /** Plays one clip of the phrase bank, in front of everything that has not begun to sound. */
  reflex(phrase: string, audio: SpokenAudio): Utterance {
    const utterance = this.#deps.gate.open({ lane: 'A', origin: 'reflex', turnId: null });
    this.#deps.belt.open(utterance.id, 'A', 'front');
    this.#deps.gate.draft(utterance, plain(phrase));
    this.#deps.gate.end(utterance);
    void this.#play(utterance, chunk =>
      // A clip says its phrase and nothing else: what the gate has changed needs a voice of its own (GATE65).
      chunk.text === phrase
        ? Promise.resolve(this.#deps.voicePath.ready(chunk, audio, 0))
        : this.#deps.voicePath.voice(chunk, new AbortController().signal),
    );
    return utterance;
  }

  async #play(
    utterance: Utterance,
    voice: (chunk: ChunkRecord) => Promise<Iterable<Parameters<Belt['offer']>[1]>>,
  ): Promise<void> {
    for await (const chunk of utterance.released) {
      for (const frame of await voice(chunk)) await this.#deps.belt.offer(utterance.id, frame);
    }
    this.#deps.belt.close(utterance.id);
  }
}

/** A sentence of ours that needs no source. */
export function plain(text: string): DraftPart {
  return { text, citations: [], noteIds: [], toolFacts: [] };
}
