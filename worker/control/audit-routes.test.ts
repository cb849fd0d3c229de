import { afterEach, beforeEach, expect, test } from 'vitest';
import { newDevice, nextFrame, record } from '#shared/domain/audit-upload.ts';
import { auditProofSchema, frameAnswerSchema } from '#shared/protocol/audit.ts';
import { signatureReader } from '#worker/audit/audit-key.ts';
import { sha256 } from '#worker/audit/sha256.ts';
import { controlWithStore, type ControlWithStore } from '#tests/fixtures/control-with-store.ts';
import { storedCall } from '#tests/fixtures/stored-call.ts';
import { DEMO_PEOPLE } from './demo-people.ts';

let control: ControlWithStore;
beforeEach(async () => {
  control = await controlWithStore();
});
afterEach(() => control.close());

const chain = record(
  sha256,
  newDevice('desk-1'),
  Array.from({ length: 2_000 }, (_, n) => ({
    eventId: `e${String(n)}`,
    atMs: n,
    kind: 'desk.saw',
    payload: `{"n":"${'x'.repeat(300)}"}`,
    salt: 's',
  })),
);
const personOf = (role: string): string => String(DEMO_PEOPLE.find(person => person.role === role)?.userId);

test('[SYN19][SYN3] a frame of any allowed size is answered with a receipt that the public key proves; what contradicts is not', async () => {
  const agent = personOf('agent');
  const answer = await control.ask(agent, '/api/audit/frames', nextFrame(chain, 2_000));
  expect(answer.status).toBe(200);
  const ok = frameAnswerSchema.parse(answer.body);
  if (ok.outcome !== 'ok') throw new Error(ok.outcome);
  const { keys } = (await control.ask(null, '/api/audit/keys')).body as {
    keys: { keyId: string; jwk: string }[];
  };
  expect(await signatureReader(keys)(ok.receipt)).toMatchObject({
    typ: 'receipt',
    deviceId: 'desk-1',
    epoch: 1,
    ...ok.head,
  });
  const other = record(sha256, newDevice('desk-1'), [
    { eventId: 'x', atMs: 0, kind: 'k', payload: '1', salt: 's' },
  ]);
  expect((await control.ask(agent, '/api/audit/frames', nextFrame(other, 9))).body).toEqual({
    outcome: 'fork',
    newestEpoch: 1,
  });
  expect(await control.ask(null, '/api/audit/frames', nextFrame(chain, 1))).toMatchObject({ status: 401 });
  expect(await control.ask(agent, '/api/audit/frames', { deviceId: 'desk-1', epoch: 0 })).toMatchObject({
    status: 400,
    body: { error: { code: 'input.invalid' } },
  });
});

test('[SYN13] no desk writes a chain of a worker or a call', async () => {
  for (const deviceId of ['call.c1', 'worker.w1'])
    expect(
      (await control.ask('admin', '/api/audit/frames', { ...nextFrame(chain, 1), deviceId })).body,
    ).toMatchObject({ error: { code: 'access.denied' } });
});

test('[SYN15][SYN16] changes are followed by cursor and the proof is asked for, by whoever may', async () => {
  await control.add(storedCall('c1'));
  await control.ask('admin', '/api/audit/frames', nextFrame(chain, 3));
  const supervisor = personOf('supervisor');
  const first = (await control.ask(supervisor, '/api/audit/changes?limit=2')).body as {
    changes: unknown[];
    cursor: string;
  };
  expect(first.changes).toHaveLength(2);
  const rest = (await control.ask(supervisor, `/api/audit/changes?cursor=${first.cursor}`)).body as {
    changes: { deviceId: string }[];
  };
  expect(rest.changes.map(({ deviceId }) => deviceId)).toEqual(['desk-1', 'desk-1', 'desk-1']);
  const proof = auditProofSchema.parse((await control.ask(supervisor, '/api/audit/proof')).body);
  expect(proof).toMatchObject({ verdict: 'pass', chains: 3, events: 9 });
  expect(await control.ask(personOf('agent'), '/api/audit/proof')).toMatchObject({ status: 403 });
});
