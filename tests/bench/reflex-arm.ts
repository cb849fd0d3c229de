import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { PhraseBank, type ReflexClip } from '#worker/lanes/reflex/phrase-bank.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { rulesOfGate } from '#worker/rulebook/org-rules.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { CallSession } from '#worker/session/call-session.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import policies from '../../resources/policies/demo.json' with { type: 'json' };
import type { ArmCall } from './arms.ts';
import { ZeroDelayStt, type BenchCaller } from './bench-caller.ts';
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
  const clock = systemClock;
  const callId = uuidV7(clock.now(), seededRandom(seed)) as CallId;
  let onFrame: ((frame: { callId: CallId; samples: Int16Array; sampleOffset: number }) => void) | null = null;
  let decidedMono: number | null = null;
  const clips = ['One moment.', 'Let me see.', 'I see.', 'All right.'].map(phrase => ({
    phrase,
    audio: { samples: CLIP, marks: [{ chars: phrase.length, sample: CLIP.length }] },
  }));
  const session = new CallSession(callId, {
    clock,
    journal: new MemoryJournal(),
    leases: new MemoryLeaseBook(clock),
    orgId: 'bench' as OrgId,
    newId: () => uuidV7(clock.now(), Math.random),
    random: seededRandom(seed),
    voice: { name: 'bench', synthesise: () => Promise.reject(new Error('only Lane A speaks')) },
    phrases: new WatchedBank(clips, () => (decidedMono = clock.mono())),
    model: {
      name: 'bench',
      async *reply(_request, signal) {
        await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
        yield* [];
      },
    },
    sources: { knowledge: () => ({ snapshotId: 'none', search: () => [] }), tools: new ToolRegistry([]) },
    policies: () =>
      rulesOfGate(compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES)),
    settings: {
      ...DEMO_CALL_SETTINGS,
      greeting: [],
      holdBackMs: 0,
      silenceSteps: [],
      minEndpointingMs: 500,
      maxEndpointingMs: 500,
    },
    media: new LoopbackMediaPlane(),
    recorder: null,
    createVad: onWindow => new EnergyVad({ minSpeechMs: 60, minSilenceMs: 200, onWindow }),
    createStt: () => new ZeroDelayStt(caller),
    createTurnDetection: () => 'vad',
    onNotice: () => undefined,
    onError: () => undefined,
    onLine: (_callId, _caller, _heard, ai) => {
      const nowMono = clock.mono();
      if (ai && decidedMono !== null) {
        onHeard(nowMono - decidedMono);
        decidedMono = null;
      }
      caller.hears(ai, nowMono);
    },
  });
  await session.connect({
    audio: {
      onFrame: listener => {
        onFrame = listener;
        return () => (onFrame = null);
      },
      play: () => undefined,
      heard: () => undefined,
    },
    hangUp: () => Promise.resolve(),
    transfer: () => Promise.resolve('uncertain'),
  });
  return {
    tick: () => onFrame?.({ callId, ...caller.frame(clock.mono()) }),
    close: () => session.end('ended-by-ai'),
  };
}
