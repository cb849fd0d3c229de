import type { RemoteParticipant } from '@livekit/rtc-node';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { createFedTrack, type FedTrack } from './fed-track.ts';
import { JOINED, stepConnection, type ConnectionEffect, type ConnectionInput } from './connection-life.ts';
import { createMemberEars } from './member-audio.ts';
import { createMeasure } from './room-measure.ts';
import type { RoomAssignment } from './room-assignment.ts';
import { enterRoom, type RoomEars, type RoomEntry } from './room-entry.ts';
import { deafened, roomFacts, type RoomSnapshot } from './room-facts.ts';
import { snapshotOf } from './room-snapshot.ts';
import { releaseRoom } from './rtc-room.ts';
import type { LeaveReason, RoomFact, WorkerRoom } from './worker-room.ts';

/** A join fails now and then for reasons that are gone a moment later; the phone rings meanwhile. */
const FIRST_JOIN_DELAYS_MS = [100, 300, 1000] as const;

export interface JoinDeps {
  readonly clock: Clock;
  /** Something failed that nobody waits for; the room goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Joins the room as the AI, with its track published at once: a phone that rings is answered by that. Rejects with
 * `media.refused`, or with `media.unreachable` after several attempts. Source: docs/spec/rooms.md.
 */
export async function joinRoom(assignment: RoomAssignment, deps: JoinDeps): Promise<WorkerRoom> {
  const track = createFedTrack(deps.clock, deps.onError);
  const presence = createPresence(assignment, track, deps);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await presence.enter();
      return presence.room;
    } catch (error) {
      const delayMs = FIRST_JOIN_DELAYS_MS[attempt];
      if (!isRetryable(error) || delayMs === undefined) {
        await track.close();
        throw error;
      }
      await new Promise<void>(resolve => deps.clock.after(delayMs, resolve));
    }
  }
}

interface Presence {
  readonly room: WorkerRoom;
  enter(): Promise<void>;
}

/** The worker in one room, over all connections it takes. */
function createPresence(assignment: RoomAssignment, track: FedTrack, deps: JoinDeps): Presence {
  const { clock, onError } = deps;
  const listeners = new Set<(fact: RoomFact) => void>();
  const ears = createMemberEars(onError);
  let life = JOINED;
  let entry: RoomEntry | null = null;
  let known: RoomSnapshot = new Map();
  let closed: RoomFact | null = null;
  let { token } = assignment;
  let stopWaiting: Cancel | null = null;

  const tellOne = (listener: (fact: RoomFact) => void, fact: RoomFact): void => {
    try {
      listener(fact);
    } catch (error) {
      onError(error);
    }
  };
  const tell = (fact: RoomFact): void => {
    for (const listener of [...listeners]) if (listeners.has(listener)) tellOne(listener, fact);
  };
  const see = (next: RoomSnapshot, reason: LeaveReason): void => {
    const facts = roomFacts(known, next, () => reason);
    known = next;
    ears.follow(participantOf);
    facts.forEach(tell);
  };
  const participantOf = (identity: string): RemoteParticipant | null =>
    entry?.room.remoteParticipants.get(identity) ?? null;

  const enter = async (): Promise<void> => {
    const isCurrent = (): boolean => entry !== null && entry === mine;
    let mine: RoomEntry | null = null;
    const roomEars: RoomEars = {
      changed: reason => isCurrent() && entry && see(snapshotOf(entry.room), reason),
      dtmf: (identity, digit) => isCurrent() && tell({ type: 'dtmf', identity, digit }),
      recovering: () => isCurrent() && step({ type: 'recovering' }),
      recovered: () => isCurrent() && step({ type: 'recovered' }),
      lost: reason => isCurrent() && drop(reason),
    };
    const { url } = assignment;
    mine = await enterRoom({ url, token }, track, roomEars, onError);
    if (life.name === 'left') {
      await releaseRoom(mine.room);
      return;
    }
    entry = mine;
    step({ type: 'rejoined' });
    see(snapshotOf(mine.room), 0);
    // It may have gone while we published.
    if (!mine.room.isConnected) drop(0);
  };
  const drop = (reason: LeaveReason): void => {
    const gone = entry;
    entry = null;
    if (gone) {
      // LiveKit renews tokens while we are in; ours may have run out.
      token = gone.room.token ?? token;
      releaseRoom(gone.room).catch(onError);
    }
    see(deafened(known), 0);
    step({ type: 'lost', reason });
  };
  const rejoin = (): void => {
    enter().catch((error: unknown) => step({ type: 'rejoin-failed', refused: !isRetryable(error) }));
  };
  const step = (input: ConnectionInput): void => {
    const [next, effects] = stepConnection(life, input);
    life = next;
    effects.forEach(run);
  };
  const run = (effect: ConnectionEffect): void => {
    switch (effect.do) {
      case 'tell':
        tell({ type: 'connection', state: effect.state });
        return;
      case 'rejoin':
        stopWaiting = clock.after(effect.afterMs, rejoin);
        return;
      case 'close':
        closed = { type: 'room.closed', reason: effect.reason };
        tell(closed);
        listeners.clear();
        shut().catch(onError);
    }
  };
  const shut = async (): Promise<void> => {
    stopWaiting?.();
    ears.close();
    const gone = entry;
    entry = null;
    if (gone) await releaseRoom(gone.room);
    await track.close();
  };
  const room: WorkerRoom = {
    roomName: assignment.roomName,
    members: () => [...known.values()].map(({ member }) => member),
    onFact: listener => {
      if (!closed) listeners.add(listener);
      for (const fact of roomFacts(new Map(), known, () => 0)) tellOne(listener, fact);
      if (closed) tellOne(listener, closed);
      return () => listeners.delete(listener);
    },
    hear: (identity, listener) => ears.hear(identity, listener),
    play: samples => track.play(samples),
    clear: () => track.clear(),
    sendDtmf: async digit => {
      const code = DTMF_KEYS.indexOf(digit);
      const us = entry?.room.localParticipant;
      if (digit.length !== 1 || code < 0)
        throw appError('telephony.refused', 'A key is one of 0-9, *, # and a-d.');
      if (!us) throw appError('media.unreachable', 'The connection to LiveKit broke.', { retryable: true });
      await us.publishDtmf(code, digit);
    },
    aiTrackSid: () => entry?.aiTrackSid() ?? null,
    measure: createMeasure(() => entry?.room ?? null),
    leave: async () => {
      if (life.name === 'left' || life.name === 'closed') return;
      step({ type: 'leave' });
      listeners.clear();
      await shut();
    },
  };
  return { room, enter };
}

/** In the order of their numbers in RFC 4733. */
const DTMF_KEYS = '0123456789*#abcd';

const isRetryable = (error: unknown): boolean => AppError.is(error) && error.body.retryable;
