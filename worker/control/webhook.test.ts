import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { startRoomsControl } from '#tests/fixtures/rooms-control.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import type { WebhookKey } from './read-webhook.ts';

const ACCESS = { url: 'ws://127.0.0.1:9', apiKey: 'key', apiSecret: 'a-secret-of-some-length-for-tests' };
const nowS = (): number => Math.floor(Date.now() / 1000);

let close: (() => Promise<void>) | null = null;
afterEach(async () => close?.());

async function bench(webhookKey?: WebhookKey) {
  const control = await startRoomsControl({
    access: ACCESS,
    server: livekitRoomServer(ACCESS),
    ...(webhookKey ? { webhookKey } : {}),
  });
  close = control.close;
  const { store } = control;
  const send = async (event: object, signed: Signed = {}) => {
    const body = JSON.stringify(event);
    const authorization = signed.authorization ?? (await sign(signed.over ?? body, signed));
    const response = await fetch(`${control.url}/api/livekit/webhook`, {
      method: 'POST',
      headers: { 'content-type': signed.type ?? 'application/webhook+json', authorization },
      body,
    });
    const answer = (await response.json()) as { readonly taken?: boolean; readonly error?: { code: string } };
    return [response.status, answer.taken ?? answer.error?.code] as const;
  };
  const add = () =>
    store.addConsultation({
      id: 'c1' as CallId,
      orgId: LOCAL_ADMIN.orgId,
      roomName: 'room',
      type: 'quote',
      atMs: 1 as never,
    });
  const row = async () =>
    (await store.consultations(LOCAL_ADMIN.orgId, consultationQuerySchema.parse({})))[0];
  return { ...control, send, add, row };
}

interface Signed {
  readonly over?: string;
  readonly authorization?: string;
  readonly type?: string;
  readonly key?: WebhookKey;
  readonly expiresAtS?: number | null;
}

/** As the server signs: a token with the hash of the body. */
function sign(body: string, { key = ACCESS, expiresAtS = nowS() + 300 }: Signed): Promise<string> {
  const sha256 = createHash('sha256').update(body).digest('base64');
  const token = new SignJWT({ sha256 }).setProtectedHeader({ alg: 'HS256' }).setIssuer(key.apiKey);
  if (expiresAtS !== null) token.setExpirationTime(expiresAtS);
  return token.sign(new TextEncoder().encode(key.apiSecret));
}

const eventAt = (event: string, secondsAgo: number, more: object = {}) => ({
  event,
  id: `EV_${event}_${String(secondsAgo)}`,
  createdAt: String(nowS() - secondsAgo),
  room: { name: 'room', sid: 'RM_1', creationTime: String(nowS() - 60) },
  ...more,
});

describe('the webhook', () => {
  test('[HOOK1] takes what is signed and refuses what is forged, and then nothing has changed', async () => {
    const { send, store } = await bench();
    const event = eventAt('room_started', 5);
    const other = { ...ACCESS, apiSecret: 'another-secret-of-some-length-123' };
    for (const signed of [
      { over: JSON.stringify({ ...event, event: 'room_finished' }) },
      { key: other },
      { key: { ...ACCESS, apiKey: 'other' } },
      { authorization: 'nonsense' },
      { authorization: 'Bearer e30.e30.' },
    ] satisfies Signed[])
      expect(await send(event, signed)).toEqual([401, 'access.unauthenticated']);
    expect(await send(event, { type: 'application/json' })).toEqual([400, 'input.invalid']);
    expect(await store.roomEvents('room')).toEqual([]);
    expect(await send(event)).toEqual([200, true]);
    expect(await store.roomEvents('room')).toMatchObject([{ id: event.id, name: 'room_started' }]);
  });

  test('[HOOK1] a secret set apart is the only one that counts', async () => {
    const key = { apiKey: 'hooks', apiSecret: 'a-webhook-secret-of-some-length' };
    const { send } = await bench(key);
    expect(await send(eventAt('room_started', 5))).toEqual([401, 'access.unauthenticated']);
    expect(await send(eventAt('room_started', 5), { key })).toEqual([200, true]);
  });

  test('[HOOK2] a signature that has run out or never does, and an old event, are refused', async () => {
    const { send, store } = await bench();
    const event = eventAt('room_started', 5);
    expect(await send(event, { expiresAtS: nowS() - 3600 })).toEqual([401, 'access.unauthenticated']);
    expect(await send(event, { expiresAtS: null })).toEqual([401, 'access.unauthenticated']);
    expect(await send(eventAt('room_started', 3600))).toEqual([401, 'access.unauthenticated']);
    expect(await store.roomEvents('room')).toEqual([]);
  });

  test('[HOOK3] the same event again changes nothing, an unknown name is kept, one without an id is not', async () => {
    const { send, store, add, row } = await bench();
    await add();
    const finished = eventAt('room_finished', 5);
    expect(await send(finished)).toEqual([200, true]);
    const before = await row();
    for (let round = 0; round < 3; round += 1)
      expect(await send({ ...finished, createdAt: String(nowS()) })).toEqual([200, false]);
    expect(await row()).toEqual(before);
    expect(await send(eventAt('room_moved_to_mars', 3, { unknownField: { a: [1] } }))).toEqual([200, true]);
    expect(await send(eventAt('room_started', 3, { id: '' }))).toEqual([400, 'input.invalid']);
    expect((await store.roomEvents('room')).map(event => event.name)).toEqual([
      'room_finished',
      'room_moved_to_mars',
    ]);
  });

  test('[HOOK4] an end that comes before its beginning counts all the same, with the recording of the egress', async () => {
    const { send, add, row } = await bench();
    await add();
    const egress = { roomName: 'room', fileResults: [{ location: 'https://files.example/r.ogg' }] };
    expect(await send(eventAt('egress_ended', 2, { room: undefined, egressInfo: egress }))).toEqual([
      200,
      true,
    ]);
    expect(await send(eventAt('room_finished', 20))).toEqual([200, true]);
    expect(await send(eventAt('participant_left', 25))).toEqual([200, true]);
    expect(await send(eventAt('room_started', 58))).toEqual([200, true]);
    expect(await row()).toMatchObject({
      durationSeconds: 40,
      recordingUrl: 'https://files.example/r.ogg',
      escalatedToHuman: false,
    });
  });

  test('[HOOK6] consultations are listed and archived by whoever may, and never those of another org', async () => {
    const { ask, admin, sessionOf, add, store } = await bench();
    await add();
    await store.addConsultation({
      id: 'c2' as CallId,
      orgId: 'other' as never,
      roomName: 'r2',
      type: 'quote',
      atMs: 2 as never,
    });
    const listed = async (query = '') =>
      (await ask(`/api/consultations${query}`, undefined, admin)).body as unknown as {
        readonly consultations: readonly { readonly id: string }[];
      };
    expect((await listed()).consultations.map(one => one.id)).toEqual(['c1']);
    const agent = await sessionOf('user-lind');
    expect((await ask('/api/consultations/c1/archive', {}, agent)).status).toBe(403);
    expect((await ask('/api/consultations/c2/archive', {}, admin)).status).toBe(404);
    expect((await ask('/api/consultations/c1/archive', {}, admin)).status).toBe(200);
    expect((await listed()).consultations).toEqual([]);
    expect((await listed('?archived=all')).consultations.map(one => one.id)).toEqual(['c1']);
    expect((await ask('/api/consultations')).status).toBe(401);
  });
});
