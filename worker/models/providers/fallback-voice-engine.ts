import type { SpokenAudio, VoiceEngine, VoiceRole } from '#shared/adapters/voice-engine.ts';
import type { AppError } from '#shared/errors/app-error.ts';
import type { FallbackOptions } from './fallback-reply-model.ts';
import { asProviderError } from './provider-error.ts';
import { candidates, newSpareOrder, stepSpareOrder } from './spare-order.ts';

/**
 * Several voices as one. Nothing of an utterance is heard before all of it is there, so any failure may go to the next voice
 * (PRO24). Only the AI speaks with a provider's voice; simulated callers and the system keep the last one, the local (PRO28).
 */
export class FallbackVoiceEngine implements VoiceEngine {
  readonly #voices: readonly VoiceEngine[];
  readonly #options: FallbackOptions;
  #order;
  #inUse = 0;

  /** @param voices at least one, first choice first */
  constructor(voices: readonly VoiceEngine[], options: FallbackOptions) {
    this.#voices = voices;
    this.#options = options;
    this.#order = newSpareOrder(voices.length);
  }

  get name(): string {
    return this.#voices[this.#inUse]?.name ?? 'none';
  }

  async synthesise(text: string, role: VoiceRole, signal: AbortSignal): Promise<SpokenAudio> {
    const { clock, restMs } = this.#options;
    const last = this.#voices.length - 1;
    let failure: AppError | null = null;
    for (const index of role === 'ai' ? candidates(this.#order, clock.mono()) : [last]) {
      const voice = this.#voices[index];
      if (!voice) continue;
      try {
        const audio = await voice.synthesise(text, role, signal);
        if (role === 'ai') this.#use(index, failure);
        return audio;
      } catch (error) {
        if (signal.aborted) throw error;
        failure = asProviderError(error);
        // A text that no voice takes says nothing of the voice.
        if (failure.body.code === 'voice.failed') throw failure;
        this.#order = stepSpareOrder(this.#order, { type: 'failed', index, nowMono: clock.mono(), restMs });
      }
    }
    throw failure ?? asProviderError(null);
  }

  #use(index: number, failure: AppError | null): void {
    this.#order = stepSpareOrder(this.#order, { type: 'worked', index });
    if (index === this.#inUse) return;
    const { tell } = this.#options;
    const to = this.#voices[index]?.name ?? '';
    if (index < this.#inUse) tell({ type: 'recovered', role: 'voice', to });
    else
      tell({
        type: 'switched',
        role: 'voice',
        from: this.name,
        to,
        code: failure?.body.code ?? 'provider.failed',
      });
    this.#inUse = index;
  }
}
