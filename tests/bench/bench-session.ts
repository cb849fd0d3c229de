import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { PhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { rulesOfGate } from '#worker/rulebook/org-rules.ts';
import type { CallSessionDeps } from '#worker/session/call-needs.ts';
import { CallSession } from '#worker/session/call-session.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import policies from '../../resources/policies/demo.json' with { type: 'json' };

export const ANSWER_TEXT = 'Your parcel is on its way. ';

/** Three seconds of a tone: an answer long enough to be cut, and one in which every gap shows. */
export const ANSWER = Int16Array.from({ length: SAMPLE_RATE_HZ * 3 }, (_, index) =>
  Math.round(6000 * Math.sin((2 * Math.PI * 300 * index) / SAMPLE_RATE_HZ)),
);

/** Says everything at once, as the same three seconds. */
export const TONE_VOICE: VoiceEngine = {
  name: 'bench',
  synthesise: text =>
    Promise.resolve({ samples: ANSWER, marks: [{ chars: text.length, sample: ANSWER.length }] }),
};

/** Of our calls, what no bench measures: everything but voice, model and what hears the caller. */
export type BenchParts = Omit<
  CallSessionDeps,
  'voice' | 'model' | 'createVad' | 'createStt' | 'createTurnDetection'
>;

/** @param seed of what a call draws by lot */
export function benchParts(seed: number): BenchParts {
  const clock = systemClock;
  const rules = rulesOfGate(compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES));
  return {
    clock,
    journal: new MemoryJournal(),
    leases: new MemoryLeaseBook(clock),
    orgId: 'bench' as OrgId,
    newId: () => uuidV7(clock.now(), Math.random),
    random: seededRandom(seed),
    phrases: new PhraseBank([]),
    sources: { knowledge: () => ({ snapshotId: 'none', search: () => [] }), tools: new ToolRegistry([]) },
    policies: () => rules,
    settings: { ...DEMO_CALL_SETTINGS, greeting: [], holdBackMs: 0, silenceSteps: [] },
    media: new LoopbackMediaPlane(),
    recorder: null,
    onNotice: () => undefined,
    onError: () => undefined,
  };
}

export interface BenchCall {
  /** Takes the next 20 ms of the caller. */
  tick(): void;
  close(): Promise<void>;
}

/** One call of ours that is answered by a bench: the caller's frames go in, and what the caller hears is told to `onLine`. */
export async function openBenchCall(
  caller: { frame(nowMono: number): Omit<CallerFrame, 'callId'> },
  deps: CallSessionDeps,
): Promise<BenchCall> {
  const { clock } = deps;
  const callId = uuidV7(clock.now(), Math.random) as CallId;
  let onFrame: ((frame: CallerFrame) => void) | null = null;
  const session = new CallSession(callId, deps);
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
