import { assertNever } from '#shared/base/assert-never.ts';
import type { LeaveReason } from './worker-room.ts';

/** LiveKit's numbers (`DisconnectReason`) after which coming back would be wrong. */
const FINAL_REASONS: ReadonlySet<LeaveReason> = new Set([
  2, // somebody else has joined as us
  4, // removed
  5, // room deleted
  10, // room closed
]);
/** What we tell when the server will not have us back (`JOIN_FAILURE`). */
const REFUSED_REASON: LeaveReason = 7;
/** LiveKit's client gives up after about 20 s; from then on we try, for as long as the call lasts. */
const REJOIN_DELAYS_MS = [0, 300, 1000, 2000] as const;
const REJOIN_AGAIN_MS = 3000;

export type ConnectionLife =
  | { readonly name: 'joined' }
  /** LiveKit's client is reconnecting by itself. */
  | { readonly name: 'recovering' }
  | { readonly name: 'rejoining'; readonly attempt: number }
  | { readonly name: 'closed'; readonly reason: LeaveReason }
  /** We left; nothing is told. */
  | { readonly name: 'left' };

export type ConnectionInput =
  | { readonly type: 'recovering' }
  | { readonly type: 'recovered' }
  | { readonly type: 'lost'; readonly reason: LeaveReason }
  | { readonly type: 'rejoined' }
  | { readonly type: 'rejoin-failed'; readonly refused: boolean }
  | { readonly type: 'leave' };

export type ConnectionEffect =
  | { readonly do: 'tell'; readonly state: 'connected' | 'reconnecting' }
  | { readonly do: 'rejoin'; readonly afterMs: number }
  | { readonly do: 'close'; readonly reason: LeaveReason };

export type ConnectionStep = readonly [ConnectionLife, readonly ConnectionEffect[]];

export const JOINED: ConnectionLife = { name: 'joined' };

/** The life of a connection after its first join. `closed` and `left` are ends. Source: docs/spec/rooms.md ROOM5, ROOM6. */
export function stepConnection(life: ConnectionLife, input: ConnectionInput): ConnectionStep {
  if (life.name === 'closed' || life.name === 'left') return [life, []];
  switch (input.type) {
    case 'leave':
      return [{ name: 'left' }, []];
    case 'recovering':
      return life.name === 'joined'
        ? [{ name: 'recovering' }, [{ do: 'tell', state: 'reconnecting' }]]
        : [life, []];
    case 'recovered':
      return life.name === 'recovering' ? [JOINED, [{ do: 'tell', state: 'connected' }]] : [life, []];
    case 'lost':
      return lost(life, input.reason);
    case 'rejoined':
      return life.name === 'rejoining' ? [JOINED, [{ do: 'tell', state: 'connected' }]] : [life, []];
    case 'rejoin-failed':
      if (life.name !== 'rejoining') return [life, []];
      return input.refused ? close(REFUSED_REASON) : rejoin(life.attempt + 1);
    default:
      return assertNever(input, 'connection input');
  }
}

function lost(life: ConnectionLife, reason: LeaveReason): ConnectionStep {
  if (life.name === 'rejoining') return [life, []];
  if (FINAL_REASONS.has(reason)) return close(reason);
  const [next, effects] = rejoin(0);
  return life.name === 'joined'
    ? [next, [{ do: 'tell', state: 'reconnecting' }, ...effects]]
    : [next, effects];
}

const close = (reason: LeaveReason): ConnectionStep => [
  { name: 'closed', reason },
  [{ do: 'close', reason }],
];

const rejoin = (attempt: number): ConnectionStep => [
  { name: 'rejoining', attempt },
  [{ do: 'rejoin', afterMs: REJOIN_DELAYS_MS[attempt] ?? REJOIN_AGAIN_MS }],
];
