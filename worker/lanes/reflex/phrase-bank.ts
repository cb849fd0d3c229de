import { z } from 'zod';
import type { SpokenAudio, VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { Random } from '#shared/base/random.ts';

/** The closed list of one org: short acknowledgements, never a fact, so never a digit (REF20). */
export const phraseListSchema = z.object({
  version: z.number().int().positive(),
  phrases: z
    .array(
      z
        .string()
        .regex(/^[A-Z][a-z' ,-]+\.$/, 'a phrase is one short sentence without figures')
        .max(40),
    )
    .min(4)
    .max(16),
});

export interface ReflexClip {
  readonly phrase: string;
  readonly audio: SpokenAudio;
}

/** Rendered before the first call, so that Lane A is never a synthesis away from speaking (REF21). */
export class PhraseBank {
  readonly #clips: readonly ReflexClip[];

  constructor(clips: readonly ReflexClip[]) {
    this.#clips = clips;
  }

  get phrases(): readonly string[] {
    return this.#clips.map(clip => clip.phrase);
  }

  /** Any phrase but the last one (REF22). */
  next(random: Random, last: string | null): ReflexClip {
    const others = this.#clips.filter(clip => clip.phrase !== last);
    const clip = others[Math.floor(random() * others.length)];
    if (!clip) throw new Error('a phrase bank needs two phrases');
    return clip;
  }
}

export async function loadPhraseBank(voice: VoiceEngine, phrases: readonly string[]): Promise<PhraseBank> {
  const never = new AbortController().signal;
  const clips = await Promise.all(
    phrases.map(async phrase => ({ phrase, audio: await voice.synthesise(phrase, 'ai', never) })),
  );
  return new PhraseBank(clips);
}
