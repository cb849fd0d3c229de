import { audibility, type AudibilityEdge } from '#shared/domain/audibility.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { AI_IDENTITY, roleOf } from '#shared/domain/rooms.ts';
import type { RoomPeople } from '#worker/livekit/room-people.ts';
import type { RoomFact, WorkerRoom } from '#worker/livekit/worker-room.ts';
import { planRoom, workerSounds, workerSoundsAlone, type RoomAction, type RoomPlan } from './plan-room.ts';

/** Hidden people make no fact: the room is looked at. Quickly while somebody is about to hear, seldom otherwise. */
const LOOK_SOON_MS = 200;
const LOOK_SELDOM_MS = 1000;

export interface RoomSupervisionDeps {
  readonly roomName: string;
  /** Where people whisper to whoever has the call. */
  readonly coachRoomName: string;
  readonly people: RoomPeople;
  readonly clock: Clock;
  /** The worker's own connection, or `null` while there is none: everything is then done through the server's eyes. */
  readonly room: WorkerRoom | null;
  readonly onStray: (identity: string, outcome: 'muted' | 'removed') => void;
  readonly onError: (error: unknown) => void;
}

/** Makes the server of one call's room enforce the matrix, and sees to it that it stays so (SUP60-SUP67). */
export interface RoomSupervision {
  /** Resolves once the server enforces them; rejects with `media.*`, and until then nobody new may speak. */
  apply(edges: readonly AudibilityEdge[]): Promise<void>;
  /** The call is over: everybody of ours leaves. */
  close(): Promise<void>;
}

export function superviseRoom(deps: RoomSupervisionDeps): RoomSupervision {
  const { roomName, coachRoomName, people, clock, room, onStray, onError } = deps;
  const warned = new Set<string>();
  let edges: readonly AudibilityEdge[] = audibility({ floor: 'ai', humans: [] });
  /** Whether the AI has been silenced at the server, so that people may speak. */
  let isOpen = false;
  /** Whether the server has been made to enforce the edges of now; before, whoever still speaks is no stray. */
  let isSettled = false;
  let latest: Promise<void> = Promise.resolve();
  let coached = false;
  let isClosed = false;
  let stopLooking: Cancel = () => undefined;
  let running: Promise<unknown> = Promise.resolve();

  /** Until the server has silenced the AI nobody of ours may speak, whatever the matrix says (SUP60). */
  const inForce = (): readonly AudibilityEdge[] =>
    isOpen ? edges : edges.filter(([from, to]) => !(from.startsWith('human:') && to === 'caller'));

  const run = async (name: string, action: RoomAction): Promise<void> => {
    if (action.do === 'mute') await people.muteAudio(name, action.identity, action.trackSid, action.muted);
    else if (action.do === 'hear') await people.letHear(name, action.person, action.on);
    else await people.remove(name, action.identity);
  };
  const carryOut = async (name: string, plan: RoomPlan): Promise<void> => {
    await Promise.all(plan.first.map(action => run(name, action)));
    await Promise.all(plan.then.map(action => run(name, action)));
  };
  const tellStrays = ({ strays }: RoomPlan): void => {
    for (const { identity, outcome } of strays) {
      if (outcome === 'muted') warned.add(identity);
      else warned.delete(identity);
      onStray(identity, outcome);
    }
  };

  /** One look at the room, and what follows. Whoever loses the line by a change of the matrix is no stray. */
  const look = async (because: 'applied' | 'guard'): Promise<void> => {
    const now = inForce();
    const rules = { edges: now, warned: (identity: string) => because === 'guard' && warned.has(identity) };
    const call = planRoom(await people.people(roomName), { ...rules, kind: 'call' });
    if (because === 'guard') tellStrays(call);
    await carryOut(roomName, call);
    if (!coached) return;
    const coaching = planRoom(await people.people(coachRoomName), { ...rules, kind: 'coach' });
    if (because === 'guard') tellStrays(coaching);
    await carryOut(coachRoomName, coaching);
  };
  const inTurn = <Value>(task: () => Promise<Value>): Promise<Value> => {
    const done = running.then(task);
    running = done.catch(() => undefined);
    return done;
  };

  /** @returns false when another matrix has been applied meanwhile */
  const enforce = async (mine: readonly AudibilityEdge[]): Promise<boolean> => {
    if (isClosed) return true;
    if (mine !== edges) return false;
    const sid = room?.aiTrackSid() ?? null;
    // The AI is silenced before anything is looked up; the look finds whatever else it publishes.
    if (!workerSounds(mine) && sid !== null) await people.muteAudio(roomName, AI_IDENTITY, sid, true);
    await look('applied');
    if (mine !== edges) return false;
    await closeCoachRoomUnless(mine);
    if (mine !== edges) return false;
    isOpen = !workerSoundsAlone(mine);
    isSettled = true;
    return true;
  };
  /** A hush only takes the ears of the coach room away; it is closed once nobody has the call. */
  const closeCoachRoomUnless = async (mine: readonly AudibilityEdge[]): Promise<void> => {
    const isTaken = mine.some(([from, to]) => from.startsWith('human:') && to === 'caller');
    if (coached && !isTaken) await people.close(coachRoomName);
    coached = isTaken && (coached || mine.some(([from]) => from.startsWith('coach:')));
  };

  const guard = (): void => {
    if (isClosed) return;
    inTurn(() => (isClosed ? Promise.resolve() : look(isSettled ? 'guard' : 'applied'))).catch(onError);
  };
  const lookAgain = (): void => {
    stopLooking();
    const listened = edges.some(([, to]) => to.startsWith('human:'));
    stopLooking = clock.after(listened ? LOOK_SOON_MS : LOOK_SELDOM_MS, () => {
      guard();
      void running.then(() => {
        if (!isClosed) lookAgain();
      });
    });
  };
  const onFact = (fact: RoomFact): void => {
    if (fact.type === 'audio.changed' && fact.audio === 'on' && isWatched(fact.identity)) guard();
    if (fact.type === 'member.joined' && isWatched(fact.member.identity)) guard();
    // A track that was published anew may be another one than the one that was muted.
    if (fact.type === 'connection' && fact.state === 'connected') guard();
  };
  const stopFacts = room?.onFact(onFact);
  lookAgain();

  return {
    apply: next => {
      edges = next;
      isSettled = false;
      // Whoever spoke already goes on speaking when one person is added to the other; a new turn begins silent.
      if (workerSoundsAlone(next)) isOpen = false;
      for (const identity of warned) if (speaksBy(next, identity)) warned.delete(identity);
      lookAgain();
      // Whoever waits for a matrix that was overtaken waits for the one that overtook it.
      const done = inTurn(() => enforce(next)).then(isDone => (isDone ? undefined : latest));
      latest = done;
      return done;
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      stopLooking();
      stopFacts?.();
      await inTurn(async () => {
        const present = await people.people(roomName);
        await Promise.all(
          present
            .filter(({ identity }) => 'userId' in roleOf(identity))
            .map(({ identity }) => people.remove(roomName, identity)),
        );
        if (coached) await people.close(coachRoomName);
      });
    },
  };
}

const isWatched = (identity: string): boolean => {
  const { role } = roleOf(identity);
  return role !== 'caller' && role !== 'sip' && role !== 'colleague' && role !== 'ai';
};

function speaksBy(edges: readonly AudibilityEdge[], identity: string): boolean {
  const who = roleOf(identity);
  if (who.role !== 'live' && who.role !== 'coach') return false;
  const me = `${who.role === 'live' ? 'human' : 'coach'}:${who.userId}`;
  return edges.some(([from]) => from === me);
}
