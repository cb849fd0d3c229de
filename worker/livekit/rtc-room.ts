import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConnectError, Room } from '@livekit/rtc-node';
import { appError, type AppError } from '#shared/errors/app-error.ts';

/** What this needs of rtc-node 0.13.35 that is not in its types. Each use says why. */
interface RoomInside {
  onFfiEvent: (event: unknown) => Promise<void>;
}
interface NativeEvents {
  off(name: 'ffi_event', listener: (event: unknown) => unknown): void;
  listenerCount(name: 'ffi_event'): number;
}
const insideOf = (room: Room): RoomInside => room as unknown as RoomInside;
const nativeEvents = (): NativeEvents | undefined =>
  (globalThis as { _ffiClientInstance?: NativeEvents })._ffiClientInstance;

/**
 * A room of rtc-node that cannot end the process: it handles events in a promise that nobody awaits, so whatever is thrown there
 * (by itself or by a listener) would be an unhandled rejection.
 */
export function createRoom(onError: (error: unknown) => void): Room {
  const room = new Room();
  const inside = insideOf(room);
  const handle = inside.onFfiEvent;
  inside.onFfiEvent = event => handle(event).catch(onError);
  return room;
}

/**
 * Connects, or rejects with `media.unreachable` (retryable) or `media.refused`. LiveKit's own text is not passed on: it repeats
 * the token.
 */
export async function connectRoom(room: Room, url: string, token: string): Promise<void> {
  try {
    await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  } catch (error) {
    await releaseRoom(room);
    throw joinError(error);
  }
}

/**
 * Leaves, and takes the room's listener off the native events. rtc-node forgets it when the server ends the connection or the
 * join fails late; each would then be called for every event of every other call, for the life of the process.
 */
export async function releaseRoom(room: Room): Promise<void> {
  try {
    await room.disconnect();
  } catch {
    // The native room is gone already ("handle not found"), which is what was wanted.
  }
  nativeEvents()?.off('ffi_event', insideOf(room).onFfiEvent);
  room.removeAllListeners();
}

/** How many listeners the native events have; a test sees by it that nothing is left behind. */
export const nativeListeners = (): number => nativeEvents()?.listenerCount('ffi_event') ?? 0;

function joinError(error: unknown): AppError {
  const text = error instanceof ConnectError ? error.message : '';
  if (/\b40[13] \w+/u.test(text))
    return appError('media.refused', 'LiveKit does not let us into this room: the token is not valid.');
  if (/\b404 \w+/u.test(text))
    return appError('media.unreachable', 'LiveKit has no such room.', { retryable: true });
  return appError('media.unreachable', 'The LiveKit server does not answer.', { retryable: true });
}

interface RtcLog {
  level: string;
  warn: (...args: unknown[]) => void;
  error: (...args: unknown[]) => void;
}

/**
 * rtc-node writes its log to standard output, which belongs to events here, and down to the debug level. What it warns of goes to
 * `onWarning` instead, and the rest nowhere.
 */
export function divertRtcLog(onWarning: (text: string) => void): void {
  const require = createRequire(import.meta.url);
  const file = join(dirname(require.resolve('@livekit/rtc-node')), 'log.cjs');
  const { log } = require(file) as { readonly log: RtcLog };
  log.level = 'silent';
  log.warn = log.error = (...args) => onWarning(args.filter(arg => typeof arg === 'string').join(' '));
}
