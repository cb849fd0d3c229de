import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { AI_IDENTITY, briefingRoom } from '#shared/domain/rooms.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { livekitRoomPeople } from '#worker/livekit/room-people.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { briefedTransfer } from '#worker/telephony/livekit/briefed-transfer.ts';
import { dialInTransfer } from '#worker/telephony/livekit/dial-in-transfer.ts';
import type { ProvisionedSip } from '#worker/telephony/livekit/provision-sip.ts';
import { removeUntilGone } from '#worker/telephony/livekit/remove-member.ts';
import { sipApiAt, type SipApi } from '#worker/telephony/livekit/sip-api.ts';
import {
  referTransfer,
  transferByTarget,
  type TransferStrategy,
} from '#worker/telephony/livekit/transfer-strategy.ts';

export interface PhoneTransfersOptions {
  readonly access: LivekitAccess;
  readonly clock: Clock;
  readonly clips: { readonly introduction: Int16Array };
  readonly phones: Pick<ProvisionedSip, 'outboundTrunkId' | 'transfers'> | null;
  readonly ringingS: number;
  readonly onError: (error: unknown) => void;
  readonly onCallError: (callId: CallId | null, error: unknown) => void;
  /** Absent: that of the server. */
  readonly sip?: SipApi;
}

export interface PhoneTransfers {
  readonly by: TransferStrategy;
  /** We are in a call's room. */
  readonly onJoined: (roomName: string) => void;
}

/** How callers get to colleagues on the phone: with a trunk of our own the call stays recorded and overseen. */
export function phoneTransfers(options: PhoneTransfersOptions): PhoneTransfers {
  const { access, clock, clips, phones, ringingS, onError, onCallError, sip } = options;
  const trunkId = phones?.outboundTrunkId ?? null;
  if (phones === null || trunkId === null) return { by: referTransfer, onJoined: () => undefined };
  const people = livekitRoomPeople(access);
  const closeRoom = (roomName: string): Promise<void> =>
    removeUntilGone(() => people.close(roomName), clock, onError);
  const { introduction } = clips;
  const common = { api: sip ?? sipApiAt(access), trunkId, ringingS, introduction, onError: onCallError };
  return {
    by: transferByTarget(phones.transfers, {
      'dial-in': dialInTransfer(common),
      briefed: briefedTransfer({
        ...common,
        clock,
        decisionMs: phones.transfers.decisionS * 1000,
        openRoom: roomName => openBriefingRoom(access, roomName, { clock, onError }),
        closeRoom,
      }),
    }),
    // A colleague who was being told of the call when its host died waits there for nobody (SIP29).
    onJoined: roomName => void closeRoom(briefingRoom(roomName)),
  };
}

/** Nothing is dispatched to it: this process is its only host. */
async function openBriefingRoom(
  access: LivekitAccess,
  roomName: string,
  deps: { readonly clock: Clock; readonly onError: (error: unknown) => void },
): Promise<WorkerRoom> {
  await livekitRoomServer(access).createRoom(roomName, '');
  const { token } = await mintRoomToken(access, { role: 'ai', roomName, identity: AI_IDENTITY, name: '' });
  const { url } = access;
  return joinRoom({ jobId: '', dispatchId: '', roomName, url, token, metadata: '' }, deps);
}
