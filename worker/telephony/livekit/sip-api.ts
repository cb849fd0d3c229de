import { SipClient } from 'livekit-server-sdk';
import { apiUrl, type LivekitAccess } from '#worker/livekit/livekit-access.ts';

export interface DialRequest {
  /** Id of the outbound trunk. */
  readonly trunkId: string;
  /** As the trunk wants it, mostly `+` and digits. */
  readonly number: string;
  readonly roomName: string;
  readonly identity: string;
  readonly ringingS: number;
}

/** What we ask of livekit-sip through the server. Both reject as the server SDK does; see `refusalOf` and `isTimeout`. */
export interface SipApi {
  /** Resolves once the phone has been picked up. */
  dial(request: DialRequest): Promise<void>;
  /**
   * Asks the phone to call `target` instead (REFER). Resolves when the server says so, which is less than the truth (SIP22).
   * @param target `tel:` or `sip:`
   */
  refer(roomName: string, identity: string, target: string, ringingS: number): Promise<void>;
}

/** The request outlasts the ringing by this; at 60 s of ringing 20 s were measured to be enough. */
const REQUEST_MARGIN_S = 20;

export function sipApiAt(access: LivekitAccess): SipApi {
  const sip = new SipClient(apiUrl(access), access.apiKey, access.apiSecret);
  return {
    dial: async ({ trunkId, number, roomName, identity, ringingS }) => {
      await sip.createSipParticipant(trunkId, number, roomName, {
        participantIdentity: identity,
        participantName: `Phone ${number}`,
        waitUntilAnswered: true,
        ringingTimeout: ringingS,
        timeout: ringingS + REQUEST_MARGIN_S,
      });
    },
    refer: (roomName, identity, target, ringingS) =>
      sip.transferSipParticipant(roomName, identity, target, {
        ringingTimeout: ringingS,
        timeout: ringingS + REQUEST_MARGIN_S,
      }),
  };
}
