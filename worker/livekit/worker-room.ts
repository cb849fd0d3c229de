import type { LineSample } from '#shared/domain/call-quality.ts';

/** Somebody in the room other than this worker. */
export interface RoomMember {
  readonly identity: string;
  readonly name: string;
  readonly kind: 'standard' | 'sip' | 'agent' | 'other';
  readonly attributes: Readonly<Record<string, string>>;
}

/** Why somebody left, in LiveKit's numbers (`DisconnectReason`). */
export type LeaveReason = number;

export type RoomFact =
  | { readonly type: 'member.joined'; readonly member: RoomMember }
  | { readonly type: 'member.left'; readonly member: RoomMember; readonly reason: LeaveReason }
  | {
      readonly type: 'attributes.changed';
      readonly member: RoomMember;
      readonly changed: Readonly<Record<string, string>>;
    }
  /** Their audio arrives (`on`), is muted or has gone. */
  | { readonly type: 'audio.changed'; readonly identity: string; readonly audio: 'on' | 'muted' | 'off' }
  | { readonly type: 'dtmf'; readonly identity: string; readonly digit: string }
  | { readonly type: 'connection'; readonly state: 'connected' | 'reconnecting' }
  /** The room is gone for good: deleted, or the worker was removed or displaced. Nothing follows. */
  | { readonly type: 'room.closed'; readonly reason: LeaveReason };

/** 320 samples of mono Int16 at 16 kHz. The receiver owns the buffer. */
export type RoomFrameListener = (samples: Int16Array) => void;

/**
 * One room as the worker is in it: its AI track, whose audio it hears, and what happens there. It reconnects for the life of the
 * call. Errors: `media.unreachable` (retryable), `media.refused`.
 */
export interface WorkerRoom {
  readonly roomName: string;
  readonly members: () => readonly RoomMember[];
  /** Called for each fact from now on, synchronously and in order; those who are there already are told first as `member.joined`. */
  onFact(listener: (fact: RoomFact) => void): () => void;
  /**
   * Audio of one member, as it arrives, also across their reconnects. 20 ms at a time; nothing comes while they are silent to us
   * (muted, gone, reconnecting).
   */
  hear(identity: string, listener: RoomFrameListener): () => void;
  /** Sends 320 samples as the AI. Never blocks; what the network does not take is dropped, oldest first. */
  play(samples: Int16Array): void;
  /** Drops at once what was played and not yet sent. */
  clear(): void;
  /** Sends one key, `0-9 * # a-d`, to the SIP legs of the room. */
  sendDtmf(digit: string): Promise<void>;
  /** Id of the published AI track, for the server's mute. */
  readonly aiTrackSid: () => string | null;
  /**
   * How our connection carries this member's voice and the AI's, as sums since it began; `null` while there is none.
   * Rejects where the room cannot say.
   */
  measure(identity: string): Promise<LineSample | null>;
  leave(): Promise<void>;
}
