import { AppError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { liveIdentity, roleOf } from '#shared/domain/rooms.ts';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import { ELSEWHERE, ROOM_LOST } from './media-errors.ts';
import type { LineState } from './media-link.ts';
import type { GoneFrom, JoinRoom, PageRoom } from './page-room.ts';

/** Rejects with an `AppError`: the worker's refusal, or that it cannot be reached. */
export type AskForRoom = (callId: CallId) => Promise<RoomEntry>;

export interface EarsDeps {
  readonly join: JoinRoom;
  readonly ask: AskForRoom;
  readonly outputDeviceId: () => string;
  readonly after: (delayMs: number, task: () => void) => () => void;
  readonly report: (listeningTo: CallId | null, hearing: LineState) => void;
}

/** Between questions to a worker that lets this person hear nobody for now. */
export const ASK_AGAIN_MS = 2_000;

/** Hears one call by being in its room. Opens no device and publishes nothing (LINK2). */
export function createRoomEars({ join, ask, outputDeviceId, after, report }: EarsDeps) {
  let callId: CallId | null = null;
  let room: PageRoom | null = null;
  let hearing: LineState = { name: 'none' };
  let isQuiet = false;
  /** Rises with each join and each stop, so that a room that opens too late is left again. */
  let joins = 0;
  let cancelAsking = (): void => undefined;

  const say = (next: LineState): void => {
    hearing = next;
    report(callId, next);
  };

  const leave = (): void => {
    joins += 1;
    cancelAsking();
    room?.leave();
    room = null;
  };

  const stop = (): void => {
    leave();
    callId = null;
    say({ name: 'none' });
  };

  const fail = (error: ErrorBody): void => {
    leave();
    // A call that is over cannot be heard again.
    if (error.code === 'call.already-ended' || error.code === 'call.unknown') stop();
    else say({ name: 'lost', error });
  };

  const enter = async (given: RoomEntry | null): Promise<void> => {
    const wanted = callId;
    if (wanted === null) return;
    leave();
    const mine = joins;
    const isMine = (): boolean => mine === joins;
    say({ name: 'joining' });
    try {
      const entry = given ?? (await ask(wanted));
      if (!isMine()) return;
      const opened = await join(
        entry,
        { hears: notMyself(entry.identity), outputDeviceId: outputDeviceId() },
        {
          onReconnecting: () => isMine() && say({ name: 'reconnecting' }),
          onReconnected: () => isMine() && say({ name: 'on' }),
          onBlocked: isBlocked => isMine() && say({ name: isBlocked ? 'blocked' : 'on' }),
          onVoices: () => undefined,
          onSilenced: () => undefined,
          onGone: why => isMine() && gone(why),
        },
      );
      if (!isMine()) return opened.leave();
      room = opened;
      opened.setQuiet(isQuiet);
      if (hearing.name === 'joining') say({ name: 'on' });
    } catch (error) {
      if (isMine()) fail(bodyOf(error));
    }
  };

  const gone = (why: GoneFrom): void => {
    room = null;
    if (why === 'ended') stop();
    else if (why === 'removed') waitForLeave();
    else fail(why === 'displaced' ? ELSEWHERE : ROOM_LOST);
  };

  /** The worker has put this person out, as it does while card data is said: it knows when they may hear again. */
  const waitForLeave = (): void => {
    leave();
    say({ name: 'waiting' });
    const mine = joins;
    cancelAsking = after(ASK_AGAIN_MS, () => {
      const wanted = callId;
      if (mine !== joins || wanted === null) return;
      ask(wanted).then(
        entry => mine === joins && void enter(entry),
        (error: unknown) => {
          if (mine !== joins) return;
          const body = bodyOf(error);
          if (body.code === 'call.already-ended' || body.code === 'call.unknown') stop();
          else waitForLeave();
        },
      );
    });
  };

  return {
    stop,
    listen(id: CallId, entry: RoomEntry): Promise<void> {
      callId = id;
      return enter(entry);
    },
    /** After a loss, or when the machine has slept: joins anew, with a new grant. */
    again: (): Promise<void> => enter(null),
    hearing: () => hearing,
    setQuiet(quiet: boolean): void {
      isQuiet = quiet;
      room?.setQuiet(quiet);
    },
    allowSound: () => room?.allowSound() ?? Promise.resolve(),
  };
}

/** Nobody hears themselves: the second identity of this person is in the same room. */
function notMyself(identity: string): (other: string) => boolean {
  const me = roleOf(identity);
  const mine = 'userId' in me ? liveIdentity(me.userId) : null;
  return other => other !== mine;
}

export const bodyOf = (error: unknown): ErrorBody =>
  AppError.is(error) ? error.body : toErrorBody(error, 'renderer');
