import type { LineSample } from '#shared/domain/call-quality.ts';
import type { RoomFact, RoomFrameListener, RoomMember, WorkerRoom } from '#worker/livekit/worker-room.ts';

/** A room in memory: a test says what happens in it and sees what the worker did. */
export interface FakeWorkerRoom extends WorkerRoom {
  readonly played: Int16Array[];
  readonly keys: string[];
  readonly left: () => number;
  /** What the next looks at the line give; an error is thrown. */
  line: LineSample | Error | null;
  readonly looks: () => number;
  join(member: Partial<RoomMember> & Pick<RoomMember, 'identity'>): void;
  goAway(identity: string, reason: number): void;
  change(identity: string, changed: Readonly<Record<string, string>>): void;
  tell(fact: RoomFact): void;
  speak(identity: string, samples: Int16Array): void;
}

export function fakeWorkerRoom(roomName = 'room-1'): FakeWorkerRoom {
  const members = new Map<string, RoomMember>();
  const listeners = new Set<(fact: RoomFact) => void>();
  const ears = new Map<string, Set<RoomFrameListener>>();
  const played: Int16Array[] = [];
  const keys: string[] = [];
  let left = 0;
  let looks = 0;
  const tell = (fact: RoomFact): void => {
    for (const listener of [...listeners]) listener(fact);
  };
  const room: FakeWorkerRoom = {
    roomName,
    played,
    keys,
    left: () => left,
    line: null,
    looks: () => looks,
    measure: () => {
      looks += 1;
      return room.line instanceof Error ? Promise.reject(room.line) : Promise.resolve(room.line);
    },
    members: () => [...members.values()],
    onFact: listener => {
      listeners.add(listener);
      for (const member of members.values()) listener({ type: 'member.joined', member });
      return () => listeners.delete(listener);
    },
    hear: (identity, listener) => {
      const those = ears.get(identity) ?? new Set();
      ears.set(identity, those.add(listener));
      return () => those.delete(listener);
    },
    play: samples => void played.push(samples),
    clear: () => undefined,
    sendDtmf: digit => {
      keys.push(digit);
      return Promise.resolve();
    },
    aiTrackSid: () => 'TR_ai',
    leave: () => {
      left += 1;
      return Promise.resolve();
    },
    join: some => {
      const member: RoomMember = { name: '', kind: 'standard', attributes: {}, ...some };
      members.set(member.identity, member);
      tell({ type: 'member.joined', member });
    },
    goAway: (identity, reason) => {
      const member = members.get(identity);
      if (!member) return;
      members.delete(identity);
      tell({ type: 'member.left', member, reason });
    },
    change: (identity, changed) => {
      const before = members.get(identity);
      if (!before) return;
      const member = { ...before, attributes: { ...before.attributes, ...changed } };
      members.set(identity, member);
      tell({ type: 'attributes.changed', member, changed });
    },
    tell,
    speak: (identity, samples) => {
      for (const listener of ears.get(identity) ?? []) listener(samples);
    },
  };
  return room;
}
