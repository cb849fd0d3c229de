/** Somebody in a room, as far as the watch cares. */
export interface RoomLook {
  readonly roomName: string;
  readonly metadata: string;
  /** Whether a caller is there: a room without one needs no AI. */
  readonly hasCaller: boolean;
  /** Session of the participant `ai`, or null. */
  readonly aiSid: string | null;
}

type Watched =
  /** `ghostSid` is the AI of a host that has died: LiveKit keeps it for 20 s more. */
  | {
      readonly name: 'waiting';
      readonly sinceMono: number;
      readonly limitMs: number;
      readonly ghostSid: string | null;
    }
  | { readonly name: 'served'; readonly aiSid: string };

export type DispatchWatch = ReadonlyMap<string, Watched>;

export type WatchInput =
  /** Everything there is now. A room that is not among it is over. */
  | { readonly type: 'looked'; readonly rooms: readonly RoomLook[]; readonly atMono: number }
  /** The host that had these rooms is dead. */
  | { readonly type: 'host.lost'; readonly roomNames: readonly string[]; readonly atMono: number };

/** A dispatch is answered with 200 and lost without a word; 258 to 539 ms from dispatch to joined were measured where it is not. */
export const NO_AGENT_LIMIT_MS = 3000;
const MOST_LIMIT_MS = 12_000;

export const NO_WATCH: DispatchWatch = new Map();

/** Which rooms have to be dispatched again. Pure; each further try of the same room waits twice as long, up to 12 s. */
export function stepDispatchWatch(
  watch: DispatchWatch,
  input: WatchInput,
): { readonly watch: DispatchWatch; readonly dispatch: readonly string[] } {
  const next = new Map(watch);
  if (input.type === 'host.lost') {
    for (const roomName of input.roomNames) {
      const before = watch.get(roomName);
      const ghostSid = before?.name === 'served' ? before.aiSid : (before?.ghostSid ?? null);
      next.set(roomName, waiting(input.atMono, NO_AGENT_LIMIT_MS, ghostSid));
    }
    return { watch: next, dispatch: input.roomNames };
  }
  const dispatch: string[] = [];
  const seen = new Set(input.rooms.map(room => room.roomName));
  for (const roomName of watch.keys()) if (!seen.has(roomName)) next.delete(roomName);
  for (const { roomName, hasCaller, aiSid } of input.rooms) {
    const before = watch.get(roomName);
    const ghostSid = before?.name === 'waiting' ? before.ghostSid : null;
    if (aiSid !== null && aiSid !== ghostSid) next.set(roomName, { name: 'served', aiSid });
    else if (!hasCaller) next.delete(roomName);
    else if (before?.name !== 'waiting') next.set(roomName, waiting(input.atMono, NO_AGENT_LIMIT_MS, null));
    else if (input.atMono - before.sinceMono >= before.limitMs) {
      next.set(roomName, waiting(input.atMono, Math.min(MOST_LIMIT_MS, before.limitMs * 2), ghostSid));
      dispatch.push(roomName);
    }
  }
  return { watch: next, dispatch };
}

const waiting = (sinceMono: number, limitMs: number, ghostSid: string | null): Watched => ({
  name: 'waiting',
  sinceMono,
  limitMs,
  ghostSid,
});
