import { uuidV7 } from '#shared/base/uuid-v7.ts';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { tellLoad } from '#worker/entry/host-load.ts';
import { createLog } from '#worker/entry/log.ts';
import { planeOfRooms } from '#worker/entry/room-plane.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { CallHost } from '#worker/host/call-host.ts';
import { registerHost } from '#worker/livekit/dispatch/register-host.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { createRoomBook } from '#worker/livekit/room-book.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { createTurnDetector, warmLocalModels } from '#worker/models/livekit-turn-detector.ts';
import { LivekitVad } from '#worker/models/livekit-vad.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { sipApiAt } from '#worker/telephony/livekit/sip-api.ts';
import { referTransfer } from '#worker/telephony/livekit/transfer-strategy.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { ANSWER_TEXT, benchParts, TONE_VOICE } from '../bench-session.ts';
import { EnergyStt } from './energy-stt.ts';

/** Half a second that says that every line is taken. */
const REFUSAL = new Int16Array(SAMPLE_RATE_HZ / 2).fill(3000);

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
  const parts = benchParts(1);
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
      permits: anyDial,
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
      ...parts,
      journal,
      voice: TONE_VOICE,
      model: {
        name: 'bench',
        async *reply() {
          yield { text: ANSWER_TEXT, citations: [], noteIds: [] };
        },
      },
      settings: { ...parts.settings, greeting: greets ? ['Hello.'] : [], reflex: false },
      media: greets ? planeOfRooms(mixing, { access, book }, audit, createLog('silent')) : mixing,
      ...(greets ? { people: book } : {}),
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
