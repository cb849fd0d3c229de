import type { ConsultationQuery, ConsultationRow } from '../domain/consultation.ts';
import type { CallId, OrgId } from '../domain/ids.ts';
import type { ConsultationType } from '../domain/rooms.ts';
import type { EpochMs } from '../domain/units.ts';

export interface NewConsultation {
  readonly id: CallId;
  readonly orgId: OrgId;
  readonly roomName: string;
  readonly type: ConsultationType;
  readonly atMs: EpochMs;
}

/** One event of the LiveKit server as it is kept. */
export interface RoomEventRow {
  /** LiveKit's own; the same event may be sent again. */
  readonly id: string;
  /** Such as `room_finished`; names we do not know are kept too. */
  readonly name: string;
  readonly roomName: string;
  /** When it happened by LiveKit's clock, which tells seconds. */
  readonly createdAtMs: number;
  readonly receivedAtMs: number;
  /** When the room was made, if the event tells. */
  readonly roomCreatedAtMs: number | null;
  /** Where a recording lies, for `egress_ended`. */
  readonly recordingUrl: string | null;
  readonly payloadJson: string;
}

/** Consultations and what the LiveKit server tells of their rooms. All methods reject with `storage.*`. */
export interface ConsultationBook {
  addConsultation(consultation: NewConsultation): Promise<void>;
  /** Newest first. */
  consultations(orgId: OrgId, query: ConsultationQuery): Promise<readonly ConsultationRow[]>;
  /** Hides it from the list, or brings it back; nothing is ever deleted. @returns false when there is no such consultation */
  archiveConsultation(orgId: OrgId, id: CallId, archived: boolean): Promise<boolean>;
  /**
   * Keeps one event and what follows from it for the consultation of its room, in one transaction and in whatever order events
   * come. @returns false when it is there already; then nothing changes
   */
  recordRoomEvent(event: RoomEventRow): Promise<boolean>;
  /** What was kept of one room, in the order in which it happened. */
  roomEvents(roomName: string): Promise<readonly RoomEventRow[]>;
}
