import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { callerIdentity, roleOf, type RoomNote } from '#shared/domain/rooms.ts';
import type { RoomMember } from '#worker/livekit/worker-room.ts';

export type RingEvent = Extract<TelephonyEvent, { type: 'call.ringing' }>;

/** Our lines by the number that was called, as the trunk writes it. */
export type LineNames = Readonly<Record<string, string>>;

/** Whether somebody in the room of this call is its caller: the browser named after it, or a phone (SIP7). */
export const isCallerOf =
  (callId: CallId) =>
  (member: RoomMember): boolean =>
    member.kind === 'sip'
      ? roleOf(member.identity).role !== 'colleague'
      : member.identity === callerIdentity(callId);

/** How a call is announced. */
export function ringOfRoom(
  call: { readonly callId: CallId; readonly roomName: string; readonly note: RoomNote | null },
  member: RoomMember,
  lines: LineNames,
): RingEvent {
  const { callId, roomName, note } = call;
  const from = member.kind === 'sip' ? (member.attributes['sip.phoneNumber'] ?? null) : null;
  const called = member.attributes['sip.trunkPhoneNumber'];
  const sipCallId = member.kind === 'sip' ? member.attributes['sip.callIDFull'] : undefined;
  const name = note?.displayName ?? (member.kind === 'sip' ? from : member.name);
  return {
    type: 'call.ringing',
    callId,
    from: from === '' ? null : from,
    displayName: name === null || name === '' ? 'Withheld number' : name,
    line: note?.line ?? (called === undefined ? 'Phone' : (lines[called] ?? called)),
    simulated: note?.simulated ?? false,
    ...(note?.scenario === undefined ? {} : { scenario: note.scenario }),
    room: roomName,
    ...(sipCallId === undefined ? {} : { sipCallId }),
  };
}

/** The phone that a room's note asks us to call, as it will be in the room; `null` for a call that comes to us. */
export function dialledMember({
  callId,
  note,
}: {
  callId: CallId;
  note: RoomNote | null;
}): RoomMember | null {
  if (!note?.dial) return null;
  return {
    identity: `sip_out_${callId}`,
    name: note.displayName,
    kind: 'sip',
    attributes: { 'sip.phoneNumber': note.dial.number },
  };
}
