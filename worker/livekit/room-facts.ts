import type { LeaveReason, RoomFact, RoomMember } from './worker-room.ts';

export type AudioState = 'on' | 'muted' | 'off';

export interface MemberState {
  readonly member: RoomMember;
  readonly audio: AudioState;
}

/** Who is there, by identity. Never by LiveKit's session id: that is another one after every reconnect. */
export type RoomSnapshot = ReadonlyMap<string, MemberState>;

/**
 * What happened between two looks at a room, in an order in which each fact makes sense: nobody is told about before they have
 * joined or after they have left. Pure.
 */
export function roomFacts(
  before: RoomSnapshot,
  after: RoomSnapshot,
  reasonOf: (identity: string) => LeaveReason,
): RoomFact[] {
  const facts: RoomFact[] = [];
  for (const [identity, { member, audio }] of before) {
    if (after.has(identity)) continue;
    if (audio !== 'off') facts.push({ type: 'audio.changed', identity, audio: 'off' });
    facts.push({ type: 'member.left', member, reason: reasonOf(identity) });
  }
  for (const [identity, { member, audio }] of after) {
    const old = before.get(identity);
    if (!old) facts.push({ type: 'member.joined', member });
    else {
      const changed = changedAttributes(old.member.attributes, member.attributes);
      if (changed) facts.push({ type: 'attributes.changed', member, changed });
    }
    if (audio !== (old?.audio ?? 'off')) facts.push({ type: 'audio.changed', identity, audio });
  }
  return facts;
}

/** Everybody as they are known, and nobody heard: what is left of a room while we are out of it. */
export function deafened(snapshot: RoomSnapshot): RoomSnapshot {
  return new Map([...snapshot].map(([identity, { member }]) => [identity, { member, audio: 'off' }]));
}

/** An attribute that was taken away is empty. */
function changedAttributes(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | null {
  const changed: Record<string, string> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
    if ((before[name] ?? '') !== (after[name] ?? '')) changed[name] = after[name] ?? '';
  return Object.keys(changed).length > 0 ? changed : null;
}
