import { join } from 'node:path';
import { initializeLogger } from '@livekit/agents';
import type { PeopleInRooms } from '#shared/adapters/media-plane.ts';
import type { Recorder } from '#shared/adapters/recorder.ts';
import type { SpeechScript } from '#shared/adapters/speech-script.ts';
import type { TelephonyAdapter } from '#shared/adapters/telephony-adapter.ts';
import type { CallId, CommandId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { CommandResult, SupervisionCommand } from '#shared/protocol/supervision.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { CallHost, type CallHostDeps } from '#worker/host/call-host.ts';
import { loadKnowledge } from '#worker/knowledge/load-knowledge.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { loadPhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { FliteVoiceEngine } from '#worker/models/flite/flite-voice.ts';
import { createTurnDetector, warmLocalModels } from '#worker/models/livekit-turn-detector.ts';
import { LivekitVad } from '#worker/models/livekit-vad.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { ScriptedStt } from '#worker/models/scripted-stt.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { CallMedia } from '#worker/session/call-media.ts';
import type { CallSessionDeps } from '#worker/session/call-needs.ts';
import { rulesOfGate, type OrgRules } from '#worker/rulebook/org-rules.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import { loadClips, type Clip } from '#worker/telephony/stub/clips.ts';
import { loadScenarios } from '#worker/telephony/stub/load-scenarios.ts';
import type { Scenario } from '#worker/telephony/stub/scenario.ts';
import { StubTelephonyAdapter } from '#worker/telephony/stub/stub-telephony-adapter.ts';
import { demoTools } from '#worker/tools/demo-tools.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import policies from '../../resources/policies/demo.json' with { type: 'json' };

const RESOURCES = join(import.meta.dirname, '../../resources');
initializeLogger({ pretty: false, level: 'error' });

export const SUPERVISOR: Actor = {
  userId: 'sup-1' as UserId,
  orgId: 'org-1' as OrgId,
  name: 'Morgan Reyes',
  role: 'supervisor',
};

/** What one 20 ms frame of the line carried to the caller. */
export interface HeardFrame {
  readonly atMono: number;
  readonly ai: boolean;
  readonly samples: Int16Array;
}

/** A line between the scripted callers and the host. */
export interface BenchLine {
  readonly telephony: TelephonyAdapter;
  readonly script: SpeechScript;
  readonly people: PeopleInRooms;
}

export interface CallBench {
  readonly journal: MemoryJournal;
  readonly notices: Notice[];
  readonly telephony: StubTelephonyAdapter;
  readonly media: LoopbackMediaPlane;
  readonly host: CallHost;
  /** Lets the caller of a demo scenario ring. */
  ring(scenario: string): CallId;
  run<Verb extends SupervisionCommand['verb']>(
    callId: CallId,
    verb: Verb,
    args?: Extract<SupervisionCommand, { verb: Verb }>['args'],
  ): Promise<CommandResult>;
  heard(callId: CallId): readonly HeardFrame[];
  stop(): Promise<void>;
}

/** Real calls in this process: real speech, LiveKit's models and session, the real gate and belt; only disk and network are left out. */
export async function startCallBench(
  options: {
    readonly holdBackMs?: number;
    readonly reflex?: boolean;
    readonly scenarios?: readonly Scenario[];
    readonly recorder?: Recorder;
    /** Brain, ears and voice in place of the offline ones. */
    readonly providers?: Pick<CallSessionDeps, 'model' | 'voice' | 'createStt'>;
    readonly policies?: OrgRules;
    /** The line on which the scripted callers come, in place of their own. */
    readonly line?: (callers: StubTelephonyAdapter) => BenchLine;
    /** Around the mixing one, as calls in rooms have it. */
    readonly plane?: (mixing: LoopbackMediaPlane) => CallMedia;
    /** What a host that has died has left of a call. */
    readonly pastOf?: CallHostDeps['pastOf'];
  } = {},
): Promise<CallBench> {
  const clock = systemClock;
  const journal = new MemoryJournal();
  const media = new LoopbackMediaPlane();
  const voice = new FliteVoiceEngine();
  const heard = new Map<CallId, HeardFrame[]>();
  const notices: Notice[] = [];
  const scenarios = loadScenarios(join(RESOURCES, 'demo/scenarios'));
  warmLocalModels();
  const telephony = new StubTelephonyAdapter({
    clock,
    seed: 1,
    scenarios: [...scenarios, patientCaller(scenarios)],
    clips: withPatientClips(loadClips(join(RESOURCES, 'demo/audio'))),
    concurrency: { min: 1, max: 1 },
    maxCalls: null,
    firstRingMs: 0,
    meanGapMs: 1000,
    ringTimeoutMs: 10_000,
    newCallId: () => uuidV7(clock.now(), Math.random) as CallId,
  });
  const knowledge = await loadKnowledge(join(RESOURCES, 'demo/knowledge'), clock);
  const line = options.line?.(telephony);
  let ids = 0;
  const rules =
    options.policies ??
    rulesOfGate(compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES));
  const host = new CallHost({
    telephony: line?.telephony ?? telephony,
    answerDelayMs: 50,
    ...(options.pastOf ? { pastOf: options.pastOf } : {}),
    onCallEnded: () => undefined,
    onError: (_callId, error) => {
      throw error;
    },
    session: {
      clock,
      journal,
      leases: new MemoryLeaseBook(clock),
      orgId: SUPERVISOR.orgId,
      newId: () => uuidV7(clock.now(), Math.random),
      random: seededRandom(1),
      voice,
      phrases: await loadPhraseBank(voice, ['One moment.', 'Let me see.', 'I see.', 'All right.']),
      model: new OfflineReplyModel({ clock, wordDelayMs: 5 }),
      sources: {
        knowledge: () => knowledge,
        tools: new ToolRegistry(demoTools(join(RESOURCES, 'demo/shop.json'))),
      },
      policies: () => rules,
      settings: {
        ...DEMO_CALL_SETTINGS,
        holdBackMs: options.holdBackMs ?? 100,
        reflex: options.reflex ?? true,
      },
      media: options.plane?.(media) ?? media,
      recorder: options.recorder ?? null,
      createVad: onWindow => new LivekitVad(onWindow),
      createStt: callId => new ScriptedStt(callId, line?.script ?? telephony),
      createTurnDetection: createTurnDetector,
      onError: (_callId, error) => {
        throw error;
      },
      ...options.providers,
      ...(line ? { people: line.people } : {}),
      onLine: (callId, _caller, samples, ai) => {
        const frames = heard.get(callId) ?? [];
        heard.set(callId, frames);
        frames.push({ atMono: clock.mono(), ai, samples: samples.slice() });
      },
    },
  });
  host.onNotice(notice => notices.push(notice));
  host.start();
  return {
    journal,
    notices,
    telephony,
    media,
    host,
    ring: scenario => telephony.ringScenario(scenario),
    run: (callId, verb, args) =>
      host.run(
        { callId, commandId: `c${String(++ids)}` as CommandId, verb, args: args ?? {} } as SupervisionCommand,
        SUPERVISOR,
      ),
    heard: callId => heard.get(callId) ?? [],
    stop: async () => {
      await host.stop();
      telephony.stop();
      await voice.stop();
    },
  };
}

const PATIENT = 'patient';
const PATIENT_MODEL = 'invoice-fee';

/** The caller who asks about the fee, but waits for a minute before giving up. */
function patientCaller(scenarios: readonly Scenario[]): Scenario {
  const model = scenarios.find(scenario => scenario.id === PATIENT_MODEL);
  if (!model) throw new Error('the demo has lost a scenario the tests need');
  const nodes = Object.entries(model.nodes).map(([name, node]) => [
    name,
    {
      ...node,
      then: node.then.map(trigger => (trigger.on === 'timeout' ? { ...trigger, ms: 60_000 } : trigger)),
    },
  ]);
  return { ...model, id: PATIENT, nodes: Object.fromEntries(nodes) as Scenario['nodes'] };
}

function withPatientClips(clips: ReadonlyMap<string, Clip>): ReadonlyMap<string, Clip> {
  const own = [...clips]
    .filter(([key]) => key.startsWith(`${PATIENT_MODEL}/`))
    .map(([key, clip]) => [key.replace(PATIENT_MODEL, PATIENT), clip] as const);
  return new Map([...clips, ...own]);
}

/** Level of one frequency in a run of frames, 0 to 1 (Goertzel). */
export function toneLevel(frames: readonly HeardFrame[], hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 16_000);
  let before = 0;
  let last = 0;
  let count = 0;
  for (const { samples } of frames) {
    for (const sample of samples) [before, last] = [last, sample / 32_768 + coefficient * last - before];
    count += samples.length;
  }
  return count === 0
    ? 0
    : Math.sqrt(Math.max(0, before * before + last * last - coefficient * before * last)) / (count / 2);
}
