import type { Random } from '#shared/base/random.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { ChunkLedger } from '#worker/lanes/chunk-ledger.ts';
import { decideReflex, type ComingAnswer } from '#worker/lanes/reflex/decide-reflex.ts';
import type { PhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import type { SpeechGate } from '#worker/lanes/speech-gate.ts';
import type { CallSettings } from './call-settings.ts';
import type { OwnSpeech } from './own-speech.ts';
import type { SlowSafe } from './slow-safe.ts';
import type { Speculation } from './speculation.ts';

export interface CallReflexDeps {
  readonly clock: Clock;
  readonly settings: CallSettings;
  readonly phrases: PhraseBank;
  readonly random: Random;
  readonly ledger: ChunkLedger;
  readonly gate: SpeechGate;
  readonly own: OwnSpeech;
  readonly slowSafe: SlowSafe;
  readonly speculation: Pick<Speculation, 'draftedAtMono'> | null;
  /** How long the caller has been silent. */
  readonly silentMs: () => number;
}

/** Lane A of one call: whether an acknowledgement is due, and which. */
export class CallReflex {
  readonly #deps: CallReflexDeps;
  #lastPhrase: string | null = null;
  #lastVerdict: 'none' | 'vetoed' = 'none';

  constructor(deps: CallReflexDeps) {
    this.#deps = deps;
  }

  onEvent(event: CallEvent): void {
    if (event.type === 'chunk.vetoed') this.#lastVerdict = 'vetoed';
    if (event.type === 'chunk.spoken' && this.#deps.ledger.get(event.chunkId)?.lane === 'B')
      this.#lastVerdict = 'none';
  }

  consider(): void {
    const { settings, phrases, random, gate, own } = this.#deps;
    const decision = decideReflex({
      policy: settings.reflex && phrases.phrases.length > 1 ? 'on' : 'off',
      speech: gate.holding ? 'held' : 'free',
      lastVerdict: this.#lastVerdict,
      answer: this.#comingAnswer(),
    });
    if (decision.kind === 'silent') return;
    const clip = phrases.next(random, this.#lastPhrase);
    this.#lastPhrase = clip.phrase;
    own.reflex(clip.phrase, clip.audio);
  }

  /** Lane B as it stands: under way, drafted ahead and judged, or nowhere near. */
  #comingAnswer(): ComingAnswer {
    const { gate, slowSafe, speculation, settings, clock, silentMs } = this.#deps;
    const next = gate.next();
    if (next !== null) {
      const inMs = gate.leadMs(next);
      return slowSafe.covers(inMs) ? { kind: 'expected', inMs } : { kind: 'under-way' };
    }
    const draftedAtMono = speculation?.draftedAtMono ?? null;
    if (draftedAtMono === null) return { kind: 'none' };
    const releaseMs = draftedAtMono + slowSafe.holdBackMs('reply') - clock.mono();
    return { kind: 'expected', inMs: Math.max(0, settings.minEndpointingMs - silentMs(), releaseMs) };
  }
}
