import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { tellLoad } from '#worker/entry/host-load.ts';
import { createLog } from '#worker/entry/log.ts';
import { planeOfRooms } from '#worker/entry/room-plane.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { CallHost } from '#worker/host/call-host.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { PhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import { registerHost } from '#worker/livekit/dispatch/register-host.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { createRoomBook } from '#worker/livekit/room-book.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { createTurnDetector, warmLocalModels } from '#worker/models/livekit-turn-detector.ts';
import { LivekitVad } from '#worker/models/livekit-vad.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { rulesOfGate } from '#worker/rulebook/org-rules.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { sipApiAt } from '#worker/telephony/livekit/sip-api.ts';
import { referTransfer } from '#worker/telephony/livekit/transfer-strategy.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import policies from '../../../resources/policies/demo.json' with { type: 'json' };
import { EnergyStt } from './energy-stt.ts';

/** Three seconds of a tone: an answer long enough to be cut, and one in which every gap shows. */
const ANSWER = Int16Array.from({ length: SAMPLE_RATE_HZ * 3 }, (_, index) =>
  Math.round(6000 * Math.sin((2 * Math.PI * 300 * index) / SAMPLE_RATE_HZ)),
);

/** Half a second of it: that every line is taken. */
const REFUSAL = ANSWER.subarray(0, SAMPLE_RATE_HZ / 2);

export interface OurHostOptions {
  readonly maxCalls: number;
  /** Takes no more than `maxCalls`, and none while it is late, and tells the others so. */
  readonly admits?: boolean;
  /** Speaks first, and people of ours are let into its calls as in a worker. */
  readonly greets?: boolean;
}

export interface OurHost {
  /** Resolves when LiveKit may give it rooms. */
  readonly registered: Promise<unknown>;
  /** What was measured since this was last asked. */
  take(): { readonly firstAudioMs: readonly number[]; readonly errors: number; readonly refused: number };
  run: CallHost['run'];
}

/** The whole worker's calls on LiveKit, with LiveKit's own voice activity and end of turn; recogniser, model and voice cost nothing. */
export function startOurHost(
  access: LivekitAccess,
  { maxCalls, admits = false, greets = false }: OurHostOptions,
): OurHost {
  const clock = systemClock;
  const registered = Promise.withResolvers<undefined>();
  const journal = new MemoryJournal();
  let firstAudioMs: number[] = [];
  let errors = 0;
  let refused = 0;
  const onError = (error: unknown): void => {
    errors += 1;
    process.stderr.write(`${String(error)}\n`);
  };
  journal.onEntry(({ event }) => {
    if (event.type === 'turn.measured' && event.firstAudioMs !== null) firstAudioMs.push(event.firstAudioMs);
  });
  warmLocalModels();
  const rules = rulesOfGate(compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES));
  const assignments = registerHost({
    access,
    clock,
    random: Math.random,
    // Whoever is above is still taken in, to be told so.
    capacity: admits ? maxCalls + 2 : maxCalls,
    onState: state => {
      if (state.name === 'registered') registered.resolve(undefined);
    },
    onNote: () => undefined,
  });
  const book = createRoomBook();
  const mixing = new LoopbackMediaPlane();
  const audit = { recordAccess: () => Promise.resolve() };
  const host = new CallHost({
    telephony: new LivekitTelephonyAdapter({
      clock,
      assignments,
      join: book.joining(assignment => joinRoom(assignment, { clock, onError })),
      remove: removeMemberAt(access),
      newCallId: () => uuidV7(clock.now(), Math.random) as CallId,
      limits: DEFAULT_LIMITS,
      lines: {},
      sip: sipApiAt(access),
      ringingS: 30,
      transferBy: referTransfer,
      capacity: admits
        ? { maxCalls, isStrained: tellLoad(assignments, maxCalls).isStrained, refusal: REFUSAL }
        : null,
      onJoined: () => undefined,
      onRefused: () => (refused += 1),
      onError: (_callId, error) => onError(error),
    }),
    answerDelayMs: 0,
    onCallEnded: () => undefined,
    onError: (_callId, error) => onError(error),
    session: {
      clock,
      journal,
      leases: new MemoryLeaseBook(clock),
      orgId: 'bench' as OrgId,
      newId: () => uuidV7(clock.now(), Math.random),
      random: seededRandom(1),
      voice: {
        name: 'bench',
        synthesise: text =>
          Promise.resolve({ samples: ANSWER, marks: [{ chars: text.length, sample: ANSWER.length }] }),
      },
      phrases: new PhraseBank([]),
      model: {
        name: 'bench',
        async *reply() {
          yield { text: 'Your parcel is on its way. ', citations: [], noteIds: [] };
        },
      },
      sources: { knowledge: () => ({ snapshotId: 'none', search: () => [] }), tools: new ToolRegistry([]) },
      policies: () => rules,
      settings: {
        ...DEMO_CALL_SETTINGS,
        greeting: greets ? ['Hello.'] : [],
        holdBackMs: 0,
        reflex: false,
        silenceSteps: [],
      },
      media: greets ? planeOfRooms(mixing, { access, book }, audit, createLog('silent')) : mixing,
      ...(greets ? { people: book } : {}),
      recorder: null,
      createVad: onWindow => new LivekitVad(onWindow),
      createStt: () => new EnergyStt(),
      createTurnDetection: createTurnDetector,
      onError: (_callId, error) => onError(error),
    },
  });
  host.start();
  return {
    registered: registered.promise,
    take: () => {
      const taken = { firstAudioMs, errors, refused };
      firstAudioMs = [];
      errors = refused = 0;
      return taken;
    },
    run: (command, actor) => host.run(command, actor),
  };
}
