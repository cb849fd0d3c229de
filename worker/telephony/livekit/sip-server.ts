import { createHmac } from 'node:crypto';
import {
  RoomAgentDispatch,
  RoomConfiguration,
  SIPDispatchRule,
  SIPDispatchRuleIndividual,
  SIPDispatchRuleInfo,
  SIPInboundTrunkInfo,
  SIPMediaEncryption,
  SIPOutboundTrunkInfo,
  SIPTransport,
} from '@livekit/protocol';
import { SipClient } from 'livekit-server-sdk';
import { apiUrl, type LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { AGENT_NAME } from '#worker/livekit/room-server.ts';
import { sipPartName, type SipHave, type SipWish } from './sip-plan.ts';

/** A call's room is kept so long after everybody has left. */
const DEPARTURE_TIMEOUT_S = 20;

/** Trunks and rules as the server keeps them. Rejects as the server SDK does. */
export interface SipServer {
  have(): Promise<Record<SipWish['kind'], readonly SipHave[]>>;
  markOf(wish: SipWish): string;
  /** @param id of what is replaced; `null`: a new one. @returns its id */
  put(wish: SipWish, id: string | null): Promise<string>;
  remove(kind: SipWish['kind'], id: string): Promise<void>;
}

export function sipServerAt(access: LivekitAccess): SipServer {
  const sip = new SipClient(apiUrl(access), access.apiKey, access.apiSecret);
  // With our secret, so that nobody can guess a password from what the server shows.
  const markOf = (wish: SipWish): string =>
    createHmac('sha256', access.apiSecret).update(JSON.stringify(wish)).digest('base64url');
  return {
    markOf,
    have: async () => {
      const [inbound, outbound, rule] = await Promise.all([
        sip.listSipInboundTrunk(),
        sip.listSipOutboundTrunk(),
        sip.listSipDispatchRule(),
      ]);
      const trunk = (info: SIPInboundTrunkInfo | SIPOutboundTrunkInfo): SipHave => ({
        id: info.sipTrunkId,
        name: info.name,
        mark: info.metadata,
      });
      return {
        inbound: inbound.map(trunk),
        outbound: outbound.map(trunk),
        rule: rule.map(info => ({
          id: info.sipDispatchRuleId,
          name: info.name,
          mark: info.metadata,
        })),
      };
    },
    put: async (wish, id) => {
      const name = sipPartName(wish.part);
      const mark = markOf(wish);
      switch (wish.kind) {
        case 'inbound': {
          const info = inboundInfo(wish, name, mark);
          const done =
            id === null
              ? await sip.createSipInboundTrunk(name, [...wish.numbers], {
                  metadata: mark,
                  allowedAddresses: info.allowedAddresses,
                  authUsername: info.authUsername,
                  authPassword: info.authPassword,
                  mediaEncryption: info.mediaEncryption,
                  ringingTimeout: wish.ringingS,
                })
              : await sip.updateSipInboundTrunk(id, info);
          return done.sipTrunkId;
        }
        case 'outbound': {
          const info = outboundInfo(wish, name, mark);
          const done =
            id === null
              ? await sip.createSipOutboundTrunk(name, wish.address, [...wish.numbers], {
                  metadata: mark,
                  transport: info.transport,
                  authUsername: info.authUsername,
                  authPassword: info.authPassword,
                  mediaEncryption: info.mediaEncryption,
                })
              : await sip.updateSipOutboundTrunk(id, info);
          return done.sipTrunkId;
        }
        case 'rule': {
          const { roomPrefix } = wish;
          const roomConfig = callRoom();
          const done =
            id === null
              ? await sip.createSipDispatchRule(
                  { type: 'individual', roomPrefix },
                  { name, metadata: mark, roomConfig },
                )
              : await sip.updateSipDispatchRule(id, ruleInfo(roomPrefix, name, mark, roomConfig));
          return done.sipDispatchRuleId;
        }
      }
    },
    remove: async (kind, id) => {
      if (kind === 'rule') await sip.deleteSipDispatchRule(id);
      else await sip.deleteSipTrunk(id);
    },
  };
}

const ENCRYPTION = {
  disable: SIPMediaEncryption.SIP_MEDIA_ENCRYPT_DISABLE,
  allow: SIPMediaEncryption.SIP_MEDIA_ENCRYPT_ALLOW,
  require: SIPMediaEncryption.SIP_MEDIA_ENCRYPT_REQUIRE,
};
const TRANSPORT = {
  auto: SIPTransport.SIP_TRANSPORT_AUTO,
  udp: SIPTransport.SIP_TRANSPORT_UDP,
  tcp: SIPTransport.SIP_TRANSPORT_TCP,
  tls: SIPTransport.SIP_TRANSPORT_TLS,
};

type WishOf<Kind extends SipWish['kind']> = Extract<SipWish, { kind: Kind }>;

const inboundInfo = (wish: WishOf<'inbound'>, name: string, metadata: string): SIPInboundTrunkInfo =>
  SIPInboundTrunkInfo.fromJson({
    name,
    metadata,
    numbers: [...wish.numbers],
    allowedAddresses: [...wish.addresses],
    authUsername: wish.login?.username ?? '',
    authPassword: wish.login?.password ?? '',
    mediaEncryption: ENCRYPTION[wish.encryption],
    ringingTimeout: `${String(wish.ringingS)}s`,
  });

const outboundInfo = (wish: WishOf<'outbound'>, name: string, metadata: string): SIPOutboundTrunkInfo =>
  new SIPOutboundTrunkInfo({
    name,
    metadata,
    address: wish.address,
    transport: TRANSPORT[wish.transport],
    numbers: [...wish.numbers],
    authUsername: wish.login?.username ?? '',
    authPassword: wish.login?.password ?? '',
    mediaEncryption: ENCRYPTION[wish.encryption],
  });

const callRoom = (): RoomConfiguration =>
  new RoomConfiguration({
    departureTimeout: DEPARTURE_TIMEOUT_S,
    agents: [new RoomAgentDispatch({ agentName: AGENT_NAME })],
  });

const ruleInfo = (
  roomPrefix: string,
  name: string,
  metadata: string,
  roomConfig: RoomConfiguration,
): SIPDispatchRuleInfo =>
  new SIPDispatchRuleInfo({
    name,
    metadata,
    roomConfig,
    rule: new SIPDispatchRule({
      rule: {
        case: 'dispatchRuleIndividual',
        value: new SIPDispatchRuleIndividual({ roomPrefix }),
      },
    }),
  });
