import { uuidV7 } from '#shared/base/uuid-v7.ts';
import type { TelephonyAdapter } from '#shared/adapters/telephony-adapter.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { registerHost } from '#worker/livekit/dispatch/register-host.ts';
import { watchDispatches, type DispatchWatcher } from '#worker/livekit/dispatch/watch-dispatches.ts';
import type { DialPermit } from '#worker/livekit/dial-permits.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import type { RoomAssignments } from '#worker/livekit/room-assignment.ts';
import { createRoomBook, type RoomBook } from '#worker/livekit/room-book.ts';
import { livekitRoomServer, type RoomServer } from '#worker/livekit/room-server.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import type { ProvisionedSip } from '#worker/telephony/livekit/provision-sip.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { sipApiAt } from '#worker/telephony/livekit/sip-api.ts';
import { phoneTransfers } from './phone-transfers.ts';
import { tellLoad, type HostLoad } from './host-load.ts';
import type { Logger } from './log.ts';
import { systemClock } from './system-clock.ts';

/** Callers who can be told at the same time that every line is taken. */
const REFUSED_AT_ONCE = 2;
/** A phone that is called rings no longer than this; most mailboxes answer before. */
const RINGING_S = 30;

/** The LiveKit server that the worker is to use, or `null` where none is named. Throws `input.invalid` when it has no keys. */
export function livekitAccess(
  config: WorkerConfig,
  environment: Readonly<Record<string, string | undefined>>,
): LivekitAccess | null {
  const url = config['livekit-url'];
  if (url === null) return null;
  const apiKey = environment['LIVEKIT_API_KEY'] ?? '';
  const apiSecret = environment['LIVEKIT_API_SECRET'] ?? '';
  if (apiKey === '' || apiSecret === '')
    throw appError(
      'input.invalid',
      'With --livekit-url the variables LIVEKIT_API_KEY and LIVEKIT_API_SECRET have to be set.',
    );
  return { url, apiKey, apiSecret };
}

/** Calls that come as rooms of a LiveKit server. */
export interface LivekitLine {
  readonly access: LivekitAccess;
  readonly server: RoomServer;
  readonly book: RoomBook;
  readonly telephony: TelephonyAdapter;
  /** Hangs up what still runs and takes no more rooms. */
  stop(): Promise<void>;
}

/** What the line itself says; mono, 16 kHz. */
export interface LineClips {
  /** To a caller when every line is taken. */
  readonly refusal: Int16Array;
  /** To caller and colleague when the colleague has picked up. */
  readonly introduction: Int16Array;
}

export interface LivekitLineOptions {
  readonly access: LivekitAccess;
  readonly clips: LineClips;
  /** Phone lines, where there are some. */
  readonly phones: Pick<ProvisionedSip, 'lines' | 'outboundTrunkId' | 'transfers'> | null;
  /** Most calls of this process: a crash of the native media layer takes all of them. */
  readonly calls: number;
  /** Which of the calls that people ask for may be dialled. */
  readonly permits: DialPermit;
  readonly log: Logger;
  /** A caller was told that every line is taken. */
  readonly onRefused?: () => void;
}

/** Sees to it that no room with a caller goes without an AI. */
export const watchRooms = (access: LivekitAccess, log: Logger): DispatchWatcher =>
  watchDispatches({
    access,
    clock: systemClock,
    dispatch: (roomName, metadata) => livekitRoomServer(access).dispatch(roomName, metadata),
    onAgain: roomName => log.warn({ roomName }, 'a room without an AI is dispatched again'),
    onError: error => log.warn({ err: error }, 'rooms could not be looked at'),
  });

/** Registers this process with LiveKit as a host, watches that no room goes without one, and makes a line of what it is given. */
export function openLivekitLine(options: LivekitLineOptions): LivekitLine {
  const { access, calls, log } = options;
  const clock = systemClock;
  divertRtcLog(said => log.warn({ said }, 'the media library warns'));
  const host = registerHost({
    access,
    clock,
    random: Math.random,
    // Those above the calls we take are still taken in, to be told so.
    capacity: calls + REFUSED_AT_ONCE,
    onState: state => log.info({ state }, 'registration with LiveKit'),
    onNote: note => log.debug({ note }, 'LiveKit notes'),
  });
  const watcher = watchRooms(access, log);
  const load = tellLoad(host, calls);
  const book = createRoomBook();
  const telephony = roomTelephony({ ...options, assignments: host, book, load });
  return {
    access,
    server: livekitRoomServer(access),
    book,
    telephony,
    stop: async () => {
      watcher.stop();
      load.stop();
      await telephony.stop();
      host.close();
    },
  };
}

/** Says what the line itself says, in the voice of the calls. */
export async function lineClips(voice: VoiceEngine): Promise<LineClips> {
  const say = async (words: string): Promise<Int16Array> =>
    (await voice.synthesise(words, 'ai', AbortSignal.timeout(20_000))).samples;
  return {
    refusal: await say('All our lines are taken at the moment. Please call again in a few minutes. Goodbye.'),
    introduction: await say('A colleague is with us now. You can speak to each other.'),
  };
}

/** What a line of rooms needs besides its process being a host. */
export interface RoomTelephonyOptions extends LivekitLineOptions {
  readonly assignments: RoomAssignments;
  readonly book: RoomBook;
  readonly load: HostLoad;
}

/** The line of a process that is given rooms. */
export function roomTelephony(options: RoomTelephonyOptions): LivekitTelephonyAdapter {
  const { access, assignments, book, calls, clips, load, permits, phones, log } = options;
  const clock = systemClock;
  const onError = (error: unknown): void => log.error({ err: error }, 'a room met an error');
  const sip = sipApiAt(access);
  const onCallError = (callId: CallId | null, error: unknown): void =>
    log.error({ callId, err: error }, 'a room’s call met an error');
  const transfers = phoneTransfers({ ...options, clock, ringingS: RINGING_S, onError, onCallError });
  return new LivekitTelephonyAdapter({
    clock,
    assignments,
    join: book.joining(assignment => joinRoom(assignment, { clock, onError })),
    remove: removeMemberAt(access),
    newCallId: () => uuidV7(clock.now(), Math.random) as CallId,
    limits: DEFAULT_LIMITS,
    lines: phones?.lines ?? {},
    sip,
    permits,
    ringingS: RINGING_S,
    transferBy: transfers.by,
    onJoined: transfers.onJoined,
    capacity: { maxCalls: calls, isStrained: load.isStrained, refusal: clips.refusal },
    onRefused: roomName => {
      log.warn({ roomName }, 'a caller was told that every line is taken');
      options.onRefused?.();
    },
    onError: onCallError,
  });
}
