import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import { PhraseBank, type ReflexClip } from '#worker/lanes/reflex/phrase-bank.ts';
import type { ArmCall } from './arms.ts';
import { ZeroDelayStt, type BenchCaller } from './bench-caller.ts';
import { benchParts, openBenchCall } from './bench-session.ts';
import { EnergyVad } from './energy-vad.ts';

/** Long enough that the caller of the bench can cut into it. */
const CLIP = new Int16Array(FRAME_SAMPLES * 60).fill(3000);

/** Tells the moment at which a phrase is chosen: the decision to speak. */
class WatchedBank extends PhraseBank {
  readonly #onChosen: () => void;

  constructor(clips: readonly ReflexClip[], onChosen: () => void) {
    super(clips);
    this.#onChosen = onChosen;
  }

  override next(...args: Parameters<PhraseBank['next']>): ReflexClip {
    this.#onChosen();
    return super.next(...args);
  }
}

/** A call whose Lane B never answers, so that every first sound is Lane A's. */
export async function ourReflexCall(
  caller: BenchCaller,
  seed: number,
  onHeard: (sinceDecisionMs: number) => void,
): Promise<ArmCall> {
  const parts = benchParts(seed);
  const { clock } = parts;
  let decidedMono: number | null = null;
  const clips = ['One moment.', 'Let me see.', 'I see.', 'All right.'].map(phrase => ({
    phrase,
    audio: { samples: CLIP, marks: [{ chars: phrase.length, sample: CLIP.length }] },
  }));
  return openBenchCall(caller, {
    ...parts,
    voice: { name: 'bench', synthesise: () => Promise.reject(new Error('only Lane A speaks')) },
    phrases: new WatchedBank(clips, () => (decidedMono = clock.mono())),
    model: {
      name: 'bench',
      async *reply(_request, signal) {
        await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
        yield* [];
      },
    },
    settings: { ...parts.settings, minEndpointingMs: 500, maxEndpointingMs: 500 },
    createVad: onWindow => new EnergyVad({ minSpeechMs: 60, minSilenceMs: 200, onWindow }),
    createStt: () => new ZeroDelayStt(caller),
    createTurnDetection: () => 'vad',
    onLine: (_callId, _caller, _heard, ai) => {
      const nowMono = clock.mono();
      if (ai && decidedMono !== null) {
        onHeard(nowMono - decidedMono);
        decidedMono = null;
      }
      caller.hears(ai, nowMono);
    },
  });
}
