import { DisconnectReason } from '@livekit/protocol';
import type { LeaveReason } from '#worker/livekit/worker-room.ts';

/** Why a line failed; the code of `call.failed` and `call.ended`. Dashboards key on these: renaming one is a migration. */
export type LineFailure =
  /** The connection to the caller was lost. */
  | 'line.lost'
  /** Their audio stopped first, and then the line. */
  | 'line.media-lost'
  /** The provider of the trunk, or what speaks SIP for us, did not carry the call. */
  | 'line.trunk-failed'
  /** This worker was put out of the room, or another has taken its place. */
  | 'line.displaced'
  /** Of a phone that we called: */
  | 'line.busy'
  | 'line.declined'
  | 'line.no-answer'
  | 'line.unavailable'
  | 'line.unknown-number'
  /** Nobody wanted the call any more when we came to dial. */
  | 'line.given-up';

export type LineEnd =
  | { readonly type: 'call.ended'; readonly by: 'caller' | 'us' | 'transfer' }
  | { readonly type: 'call.failed'; readonly code: LineFailure };

/**
 * livekit-sip hangs up 15 s after the last audio and tells the room what it tells of any hang-up. Measured, see
 * docs/spec/sip.md SIP5; a line is hardly ever digitally silent for so long.
 */
const MEDIA_TIMEOUT_MS = 14_500;

const ENDED_BY_CALLER: LineEnd = { type: 'call.ended', by: 'caller' };
export const ENDED_BY_US: LineEnd = { type: 'call.ended', by: 'us' };
export const TRANSFERRED: LineEnd = { type: 'call.ended', by: 'transfer' };

export const failedLine = (code: LineFailure): LineEnd => ({ type: 'call.failed', code });

/**
 * Why the call is over when its caller has left.
 * @param silentMs how long nothing but digital silence had come from them
 * @param unanswered whether it is a phone that we called and that has not been picked up
 */
export function endOfLeaving(
  kind: 'browser' | 'sip',
  reason: LeaveReason,
  silentMs: number,
  unanswered: boolean,
): LineEnd {
  switch (reason as DisconnectReason) {
    case DisconnectReason.CLIENT_INITIATED:
      // A trunk that fails tells the same as a caller who hangs up.
      if (unanswered) return failedLine('line.trunk-failed');
      return kind === 'sip' && silentMs >= MEDIA_TIMEOUT_MS ? failedLine('line.media-lost') : ENDED_BY_CALLER;
    case DisconnectReason.USER_REJECTED:
      return unanswered ? failedLine('line.declined') : ENDED_BY_CALLER;
    case DisconnectReason.USER_UNAVAILABLE:
      return unanswered ? failedLine('line.no-answer') : ENDED_BY_CALLER;
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_DELETED:
      return ENDED_BY_US;
    case DisconnectReason.MEDIA_FAILURE:
      return failedLine('line.media-lost');
    case DisconnectReason.SIP_TRUNK_FAILURE:
      return failedLine('line.trunk-failed');
    default:
      return failedLine('line.lost');
  }
}

/** Why the call is over when the room is. */
export function endOfRoom(reason: LeaveReason): LineEnd {
  switch (reason as DisconnectReason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return ENDED_BY_US;
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.DUPLICATE_IDENTITY:
      return failedLine('line.displaced');
    default:
      return failedLine('line.lost');
  }
}

/** How long a caller who left may come back, in milliseconds; 0 when they will not. */
export function returnLimitMs(
  kind: 'browser' | 'sip',
  reason: LeaveReason,
  limits: { readonly reloadMs: number; readonly lossMs: number },
): number {
  switch (reason as DisconnectReason) {
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 0;
    // A page that is loaded again says the same as one that is closed; a phone means it.
    case DisconnectReason.CLIENT_INITIATED:
      return kind === 'browser' ? limits.reloadMs : 0;
    // What livekit-sip tells only of phones that are gone; of itself, too, when it has died.
    case DisconnectReason.CONNECTION_TIMEOUT:
    case DisconnectReason.USER_REJECTED:
    case DisconnectReason.USER_UNAVAILABLE:
    case DisconnectReason.SIP_TRUNK_FAILURE:
    case DisconnectReason.MEDIA_FAILURE:
      return kind === 'browser' ? limits.lossMs : 0;
    default:
      return limits.lossMs;
  }
}
