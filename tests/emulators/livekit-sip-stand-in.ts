import { RoomEvent } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import { sipFailure, sipTimeout } from '#tests/fakes/scripted-sip-api.ts';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import type { DialRequest, SipApi } from '#worker/telephony/livekit/sip-api.ts';

/** livekit-sip answers this long after somebody in the room is heard; measured. */
const PICK_UP_MS = 20;
/** And hangs up this long after a transfer that was reported as done. */
const BYE_AFTER_TRANSFER_MS = 1000;

/** How a phone that is called answers; a number is a SIP status. */
export type DialScript = 'picks-up' | 'rings-on' | number;

/** What the other side says to a REFER; a number is the SIP status of its answer or of its last NOTIFY. */
export type ReferScript = 'notifies' | 'bye-without-notify' | 'says-nothing' | number;

/** One phone in a room, as livekit-sip puts it there. */
export interface StandInPhone {
  readonly roomName: string;
  readonly identity: string;
  readonly person: RoomPerson;
  /** Keys it was sent; a capital letter never arrives (measured). */
  readonly keys: readonly string[];
  /** Whether it was hung up by taking it out of the room. */
  readonly wasRemoved: () => boolean;
  press(digit: string): Promise<void>;
  setStatus(callStatus: string): Promise<void>;
  hangUp(): Promise<void>;
}

export interface SipStandIn {
  readonly api: SipApi;
  /** Somebody calls; a room of its own is made for them, as an individual dispatch rule does. */
  callsIn(options?: { readonly from?: string; readonly ringingMs?: number }): Promise<StandInPhone>;
  /** Phones that we have called, by identity. */
  readonly called: ReadonlyMap<string, StandInPhone>;
  script(script: { readonly dial?: DialScript; readonly refer?: ReferScript }): void;
  stop(): Promise<void>;
}

/**
 * What livekit-sip does in the rooms of a real server, without SIP: participants of its kind, with the attributes, their order
 * and the delays that were measured with the real one, and its answers to the API. Not the same: why a phone left is always
 * told as a hang-up, since a client cannot say anything else of itself.
 */
export function livekitSipStandIn(server: LivekitServer): SipStandIn {
  const called = new Map<string, StandInPhone>();
  const phones = new Set<StandInPhone>();
  const timers = new Set<NodeJS.Timeout>();
  let dial: DialScript = 'picks-up';
  let refer: ReferScript = 'notifies';
  let count = 0;
  const after = (ms: number, task: () => Promise<void>): void => {
    // What comes late finds its room gone, as a real one does.
    const timer = setTimeout(() => void task().catch(() => undefined), ms);
    timers.add(timer);
  };
  const connect = async (
    roomName: string,
    identity: string,
    attributes: Record<string, string>,
  ): Promise<StandInPhone> => {
    const phone = await joinPhone(server, roomName, identity, attributes);
    phones.add(phone);
    return phone;
  };
  const ringAt = async ({ roomName, identity, number, ringingS }: DialRequest): Promise<void> => {
    const phone = await connect(roomName, identity, {
      'sip.callStatus': 'dialing',
      'sip.phoneNumber': number,
    });
    called.set(identity, phone);
    await phone.setStatus('ringing');
    if (dial === 'picks-up') {
      await phone.person.speak(null);
      await phone.setStatus('active');
      return;
    }
    const isTooLong = dial === 'rings-on';
    if (isTooLong) await new Promise(resolve => setTimeout(resolve, ringingS * 1000));
    await phone.person.leave();
    throw typeof dial === 'number' ? sipFailure(dial) : sipTimeout();
  };
  const sendElsewhere = async (roomName: string, identity: string, ringingS: number): Promise<void> => {
    const phone = [...phones].find(one => one.roomName === roomName && one.identity === identity);
    if (!phone || typeof refer === 'number') throw sipFailure(typeof refer === 'number' ? refer : 404);
    if (refer === 'notifies') after(BYE_AFTER_TRANSFER_MS, () => phone.hangUp());
    if (refer === 'bye-without-notify') await phone.hangUp();
    if (refer !== 'says-nothing') return;
    await new Promise(resolve => setTimeout(resolve, ringingS * 1000));
    throw sipTimeout();
  };
  return {
    called,
    api: {
      dial: ringAt,
      refer: (roomName, identity, _target, ringingS) => sendElsewhere(roomName, identity, ringingS),
    },
    script: next => {
      dial = next.dial ?? dial;
      refer = next.refer ?? refer;
    },
    callsIn: async ({ from = '+491700001', ringingMs } = {}) => {
      const roomName = `call-_${from}_${String((count += 1))}${Math.random().toString(36).slice(2, 10)}`;
      const phone = await connect(roomName, `sip_${from}`, {
        'sip.callStatus': 'ringing',
        'sip.callID': `SCL_${String(count)}`,
        'sip.trunkPhoneNumber': '+4930555',
        'sip.phoneNumber': from,
      });
      // Published while it still rings, silent.
      await phone.person.speak(null);
      const pickUp = (): void => after(PICK_UP_MS, () => phone.setStatus('active'));
      const { room } = phone.person;
      const isHeard = [...room.remoteParticipants.values()].some(one => one.trackPublications.size > 0);
      if (isHeard) pickUp();
      else room.once(RoomEvent.TrackSubscribed, pickUp);
      if (ringingMs !== undefined)
        after(ringingMs, async () => {
          if (room.localParticipant?.attributes['sip.callStatus'] !== 'active') await phone.person.leave();
        });
      return phone;
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([...phones].map(phone => phone.person.leave().catch(() => undefined)));
    },
  };
}

async function joinPhone(
  server: LivekitServer,
  roomName: string,
  identity: string,
  attributes: Record<string, string>,
): Promise<StandInPhone> {
  const number = attributes['sip.phoneNumber'] ?? '';
  const token = new AccessToken(server.apiKey, server.apiSecret, {
    identity,
    name: `Phone ${number}`,
    attributes,
    ttl: '10m',
  });
  token.addGrant({ room: roomName, roomJoin: true, canUpdateOwnMetadata: true });
  token.kind = 'sip';
  const person = await joinAsPerson(server.url, await token.toJwt());
  const keys: string[] = [];
  let left = false;
  let removed = false;
  person.room.on(RoomEvent.DtmfReceived, (_code, digit) => {
    if (!/[A-D]/u.test(digit)) keys.push(digit);
  });
  person.room.on(RoomEvent.Disconnected, () => {
    removed ||= !left;
  });
  const leave = async (): Promise<void> => {
    left = true;
    await person.leave();
  };
  const setStatus = async (callStatus: string): Promise<void> => {
    await person.room.localParticipant?.setAttributes({ 'sip.callStatus': callStatus });
  };
  return {
    roomName,
    identity,
    person: { ...person, leave },
    keys,
    wasRemoved: () => removed,
    press: async digit => {
      await person.room.localParticipant?.publishDtmf('0123456789*#ABCD'.indexOf(digit), digit);
    },
    setStatus,
    hangUp: async () => {
      if (left || removed) return;
      await setStatus('hangup');
      await leave();
    },
  };
}
