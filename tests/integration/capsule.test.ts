import { createHash, createPrivateKey, sign, type JsonWebKey } from 'node:crypto';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { CapsuleShelf } from '#electron/core/capsule-shelf.ts';
import { readCapsule } from '#electron/core/read-capsule.ts';
import { KnownKeys } from '#electron/storage/known-keys.ts';
import { openAuditKey } from '#worker/audit/audit-key.ts';
import { redactEvent } from '#worker/archive/redact-event.ts';
import { peaksFile, recordingFile } from '#worker/media/recorder/recording-files.ts';
import { controlWithStore, type ControlWithStore } from '#tests/fixtures/control-with-store.ts';
import { storedCall } from '#tests/fixtures/stored-call.ts';

let control: ControlWithStore;
beforeEach(async () => {
  control = await controlWithStore();
  await control.add(storedCall('c1'), storedCall('c2').slice(0, 3));
});
afterEach(() => control.close());

const capsuleOf = async (path = '/api/calls/c1/capsule', who = 'admin'): Promise<Uint8Array> =>
  (await control.ask(who, path)).bytes;
/** The capsule with some of its files changed, added or taken away. */
const changed = (capsule: Uint8Array, change: (files: Record<string, Uint8Array>) => void): Uint8Array => {
  const files = { ...unzipSync(capsule) };
  change(files);
  return zipSync(files);
};

test('[ARC10][ARC11] a capsule proves itself: every event, every file, and who signed it', async () => {
  mkdirSync(join(control.folder, 'recordings'), { recursive: true });
  writeFileSync(recordingFile(join(control.folder, 'recordings'), 'c1' as never), 'OggS audio');
  const { view, events, audio } = await readCapsule(await capsuleOf());
  expect(view.faults).toEqual([]);
  expect(view.manifest).toMatchObject({ callId: 'c1', eventCount: 9, noAudio: null });
  // The caller's number is replaced; everything else is what was chained.
  expect(view.manifest.redactedSeqs).toEqual([0]);
  expect(view.provenEvents).toBe(8);
  expect(JSON.stringify(events)).not.toContain('5550 142');
  expect(events.map(({ conversationId }) => conversationId)).toEqual(events.map(() => 'capsule.c1'));
  expect(strFromU8(audio ?? new Uint8Array())).toBe('OggS audio');
  const silent = await readCapsule(await capsuleOf('/api/calls/c1/capsule?audio=no'));
  expect(silent.audio).toBeNull();
  expect(silent.view.manifest.noAudio).toContain('without audio');
});

test('[ARC10] who may not hand out is refused, a running call and a strange one too, and what left is on record', async () => {
  expect(await control.ask('user-lind', '/api/calls/c1/capsule')).toMatchObject({ status: 403 });
  expect(await control.ask('admin', '/api/calls/c2/capsule')).toMatchObject({
    body: { error: { code: 'input.invalid' } },
  });
  expect(await control.ask('admin', '/api/calls/none/capsule')).toMatchObject({
    body: { error: { code: 'call.unknown' } },
  });
  await capsuleOf();
  // A supervisor may hand out words, not the recording.
  const { view } = await readCapsule(await capsuleOf('/api/calls/c1/capsule', 'user-tanaka'));
  expect(view.manifest.noAudio).not.toBeNull();
  const proof = (await control.ask('admin', '/api/audit/proof')).body as {
    verdict: string;
    accessRows: number;
  };
  expect(proof).toMatchObject({ verdict: 'pass' });
  expect(proof.accessRows).toBeGreaterThanOrEqual(2);
});

test('[ARC11] whatever was changed afterwards is named, and it opens all the same', async () => {
  const capsule = await capsuleOf();
  const events = await readCapsule(
    changed(capsule, files => {
      files['events.jsonl'] = strToU8(
        strFromU8(files['events.jsonl'] ?? new Uint8Array()).replace('Where is it?', 'Where is she'),
      );
    }),
  );
  expect(events.view.faults).toEqual([
    'events.jsonl is not the file that was put in.',
    'Event 2 is not as it was chained.',
  ]);
  expect(events.events).toHaveLength(9);
  const manifest = await readCapsule(
    changed(capsule, files => {
      files['manifest.json'] = strToU8(
        strFromU8(files['manifest.json'] ?? new Uint8Array()).replace('Alex Okafor', 'Alex Nobody'),
      );
    }),
  );
  expect(manifest.view.faults).toContain('The manifest is not signed by the key it brings.');
  const chain = await readCapsule(
    changed(capsule, files => {
      files['chain.json'] = strToU8(
        strFromU8(files['chain.json'] ?? new Uint8Array()).replace(/"kind":"call.log"/u, '"kind":"call.lag"'),
      );
    }),
  );
  expect(chain.view.faults.some(fault => fault.includes('broken at entry 1'))).toBe(true);
});

/** A desk that is or was signed in to the worker of these tests. */
async function deskThatKnows(worker = 'team.example'): Promise<CapsuleShelf> {
  const keys = new KnownKeys(join(control.folder, 'known-keys.json'), 'team.example');
  const { keys: told } = (await control.ask(null, '/api/audit/keys')).body as { keys: { keyId: string }[] };
  keys.seen(told.map(({ keyId }) => keyId), 1); // prettier-ignore
  return new CapsuleShelf(new KnownKeys(join(control.folder, 'known-keys.json'), worker));
}

/**
 * A capsule as a liar makes it: an event that never was, called redacted so that no chain has to hold it, everything hashed anew and
 * signed with a key of their own.
 */
async function forged(nameOfKey: (own: string, real: string) => string): Promise<Uint8Array> {
  const liar = await openAuditKey(join(control.folder, 'liar', 'audit.key'));
  const files = unzipSync(await capsuleOf());
  const text = (name: string): string => strFromU8(files[name] ?? new Uint8Array());
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const [{ keyId: real }] = JSON.parse(text('keys.json')) as [{ keyId: string }];
  const keyId = nameOfKey(liar.keyId, real);
  files['events.jsonl'] = strToU8(text('events.jsonl').replace('Where is it?', 'I love you.'));
  files['keys.json'] = strToU8(JSON.stringify([{ keyId, jwk: liar.jwk }]));
  const manifest = JSON.parse(text('manifest.json')) as {
    redactedSeqs: number[];
    files: Record<string, string>;
  };
  manifest.redactedSeqs.push(2);
  for (const name of Object.keys(manifest.files))
    manifest.files[name] = sha256(files[name] ?? new Uint8Array());
  const written = strToU8(JSON.stringify(manifest));
  files['manifest.json'] = written;
  const seal = await liar.sign({ typ: 'capsule', callId: 'c1', manifestSha256: sha256(written), atMs: 1 });
  const [, body] = seal.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: keyId })).toString('base64url');
  // Under another name the header is another, and the signature is over it: signed once more where it has to be.
  files['manifest.jws'] = strToU8(keyId === liar.keyId ? seal : signedAs(header, body ?? ''));
  return zipSync(files);
}

function signedAs(header: string, body: string): string {
  const jwk = JSON.parse(readFileSync(join(control.folder, 'liar', 'audit.key'), 'utf8')) as JsonWebKey;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return `${header}.${body}.${sign(null, Buffer.from(`${header}.${body}`), key).toString('base64url')}`;
}

test('[ARC13] a capsule of the worker of this desk is told as such, also while it is away, and at another desk as another’s', async () => {
  const capsule = await capsuleOf();
  const { signer } = await (await deskThatKnows()).open(capsule);
  expect(signer.name).toBe('own');
  expect((await (await deskThatKnows('other.example')).open(capsule)).signer).toEqual({
    name: 'known',
    worker: 'team.example',
    fingerprint: 'fingerprint' in signer ? signer.fingerprint : '',
  });
  expect((await new CapsuleShelf().open(capsule)).signer.name).toBe('unknown');
});

test.each<readonly [what: string, nameOfKey: (own: string, real: string) => string]>([
  ['under its own name', own => own],
  ['under the name of the real one', (_own, real) => real],
])(
  '[ARC13] edited, hashed anew and signed with another key %s it is a stranger’s',
  async (_what, nameOfKey) => {
    const shelf = await deskThatKnows();
    const { signer, faults } = await shelf.open(await forged(nameOfKey));
    // Nothing in it contradicts anything else in it: the key alone tells.
    expect(faults).toEqual([]);
    const liar = await openAuditKey(join(control.folder, 'liar', 'audit.key'));
    expect(signer).toEqual({ name: 'unknown', fingerprint: liar.keyId });
  },
);

test('[ARC13] the real key beside a manifest that it did not sign is nobody’s signature', async () => {
  const shelf = await deskThatKnows();
  const { signer, faults } = await shelf.open(
    changed(await capsuleOf(), files => {
      files['manifest.json'] = strToU8(`${strFromU8(files['manifest.json'] ?? new Uint8Array())} `);
    }),
  );
  expect(signer).toEqual({ name: 'nobody' });
  expect(faults).toContain('The manifest is not signed by the key it brings.');
});

test.each<readonly [says: string, code: string, make: (capsule: Uint8Array) => Uint8Array]>([
  ['no zip', 'capsule.invalid', () => strToU8('hello, I am no zip')],
  ['an empty file', 'capsule.invalid', () => new Uint8Array()],
  ['half of one', 'capsule.invalid', capsule => capsule.subarray(0, capsule.length / 2)],
  [
    'a path that climbs',
    'capsule.invalid',
    capsule => changed(capsule, files => (files['../../evil'] = strToU8('x'))),
  ],
  [
    'an absolute path',
    'capsule.invalid',
    capsule => changed(capsule, files => (files['/etc/passwd'] = strToU8('x'))),
  ],
  [
    'a file of another kind',
    'capsule.invalid',
    capsule => changed(capsule, files => (files['run.exe'] = strToU8('x'))),
  ],
  ['no manifest', 'capsule.invalid', capsule => changed(capsule, files => delete files['manifest.json'])],
  ['no chain', 'capsule.invalid', capsule => changed(capsule, files => delete files['chain.json'])],
  [
    'a manifest of another version',
    'capsule.invalid',
    capsule =>
      changed(
        capsule,
        files => (files['manifest.json'] = strToU8('{"format":"sidetone-capsule","version":2}')),
      ),
  ],
  [
    'events that are none',
    'capsule.invalid',
    capsule => changed(capsule, files => (files['events.jsonl'] = strToU8('{{{\n'))),
  ],
])('[ARC12] %s is refused with a code', async (_says, code, make) => {
  await expect(readCapsule(make(await capsuleOf()))).rejects.toMatchObject({ body: { code } });
});

test('[ARC12] a file that says it unpacks to more than any capsule is refused before anything is unpacked', async () => {
  const bomb = zipSync({ 'audio.ogg': [new Uint8Array(1_000_000), { level: 9 }] });
  const view = new DataView(bomb.buffer, bomb.byteOffset);
  // The size in the directory, as a bomb would give it.
  for (let at = 0; at < bomb.length - 4; at += 1)
    if (view.getUint32(at, true) === 0x0201_4b50) view.setUint32(at + 24, 0x7fff_ffff, true);
  await expect(readCapsule(bomb)).rejects.toMatchObject({ body: { code: 'input.too-large' } });
});

test('[ARC11] a desk that is started with a capsule hands it over once, and its audio in ranges', async () => {
  mkdirSync(join(control.folder, 'recordings'), { recursive: true });
  writeFileSync(recordingFile(join(control.folder, 'recordings'), 'c1' as never), '0123456789');
  writeFileSync(peaksFile(join(control.folder, 'recordings'), 'c1' as never), new Uint8Array([255, 0]));
  const file = join(control.folder, 'one.sidetone-capsule');
  writeFileSync(file, await capsuleOf());
  const shelf = new CapsuleShelf();
  shelf.openFile(file);
  expect((await shelf.takeWaiting())?.callId).toBe('capsule.c1');
  expect(await shelf.takeWaiting()).toBeNull();
  expect(shelf.events('capsule.c1', 5)?.map(({ seq }) => seq)).toEqual([6, 7, 8]);
  expect(shelf.events('c1', -1)).toBeNull();
  const part = shelf.recording('capsule.c1', 'bytes=2-4');
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ]);
  expect(await shelf.peaks('capsule.c1').json()).toEqual({ stretchMs: 100, caller: [1], heard: [0] });
  const silent = await shelf.open(await capsuleOf('/api/calls/c1/capsule?audio=no'));
  expect(silent.manifest.noAudio).toContain('without audio');
  const none = shelf.peaks('capsule.c1');
  expect([none.status, await none.json()]).toMatchObject([404, { error: { code: 'recording.none' } }]);
  shelf.openFile(join(control.folder, 'not-there'));
  await expect(shelf.takeWaiting()).rejects.toMatchObject({ body: { code: 'capsule.invalid' } });
});

test('[ARC9] calls leave as JSON lines, redacted and on record; a filter narrows them', async () => {
  const lines = async (path: string): Promise<CallEvent[]> =>
    strFromU8((await control.ask('admin', path)).bytes)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as CallEvent);
  const all = await lines('/api/archive/export');
  expect(all).toHaveLength(12);
  expect(JSON.stringify(all)).not.toContain('5550 142');
  expect(
    new Set((await lines('/api/archive/export?outcome=caller-hung-up')).map(event => event.conversationId)),
  ).toEqual(new Set(['c1']));
  expect(await lines('/api/archive/export?callId=c2')).toHaveLength(3);
  expect(await control.ask('user-lind', '/api/archive/export')).toMatchObject({ status: 403 });
  expect(await control.ask('admin', '/api/archive/export?callId=none')).toMatchObject({
    body: { error: { code: 'call.unknown' } },
  });
});

test('[ARC10] words are redacted, ids and hashes stay', () => {
  const event = {
    id: '01234567-8901-2345-6789-012345678901',
    type: 'transcript.final',
    text: 'Call me at +49 30 5550 142 or a@b.example',
    requestHash: '123456789012345678',
  };
  const { text, isRedacted } = redactEvent(JSON.stringify(event));
  expect(isRedacted).toBe(true);
  const { text: words, ...rest } = JSON.parse(text) as typeof event;
  const { text: _words, ...before } = event;
  expect(rest).toEqual(before);
  expect(words).not.toMatch(/5550|b\.example/u);
  expect(redactEvent('{"text":"No numbers"}')).toEqual({ text: '{"text":"No numbers"}', isRedacted: false });
});
