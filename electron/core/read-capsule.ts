import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { strFromU8, unzipSync, type UnzipFileInfo } from 'fflate';
import { z } from 'zod';
import { firstBroken, GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import { listedCallSchema } from '#shared/domain/call-list.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { readCallEvent } from '#shared/events/read-call-event.ts';
import {
  CAPSULE_FILES,
  capsuleAccessSchema,
  capsuleChainSchema,
  capsuleCitationsSchema,
  capsuleManifestSchema,
  MAX_CAPSULE_BYTES,
  MAX_UNPACKED_BYTES,
  type CapsuleFile,
  type CapsuleSigner,
  type CapsuleView,
} from '#shared/protocol/capsule.ts';

export interface OpenCapsule {
  readonly view: CapsuleView;
  readonly events: readonly CallEvent[];
  readonly audio: Uint8Array | null;
  /** What the audio looks like, as JSON; null where the capsule does not say. */
  readonly peaks: Uint8Array | null;
}

/** Whose key a fingerprint is, as far as this desk knows. */
export type WhoseKey = (fingerprint: string) => CapsuleSigner;
const nobodyKnown: WhoseKey = fingerprint => ({ name: 'unknown', fingerprint });

const NEEDED: readonly CapsuleFile[] = CAPSULE_FILES.filter(
  name => name !== 'audio.ogg' && name !== 'peaks.json',
);
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
/** Calls of capsules have ids that no worker gives, so that none is taken for a call of this desk. */
export const capsuleCallId = (callId: string): CallId => `capsule.${callId}`.slice(0, 64) as CallId;

/**
 * Reads a capsule of anybody's making: names that are not its own, doubles, bombs and what is no capsule are refused with
 * `capsule.invalid` or `input.too-large`; what does not match is named, and it opens all the same (ARC11, ARC12).
 */
export async function readCapsule(bytes: Uint8Array, whoseKey: WhoseKey = nobodyKnown): Promise<OpenCapsule> {
  const files = unpack(bytes);
  const manifestText = strFromU8(need(files, 'manifest.json'));
  const manifest = parsed(capsuleManifestSchema, manifestText, 'manifest.json');
  for (const name of NEEDED) need(files, name);
  const faults: string[] = [];
  for (const [name, content] of files) {
    if (name === 'manifest.json' || name === 'manifest.jws') continue;
    if (manifest.files[name] !== sha256(content)) faults.push(`${name} is not the file that was put in.`);
  }
  if (manifest.files['audio.ogg'] !== undefined && !files.has('audio.ogg'))
    faults.push('The audio that was put in is missing.');
  const fingerprint = await signedBy(files, sha256(manifestText));
  if (fingerprint === null) faults.push('The manifest is not signed by the key it brings.');
  const call = parsed(listedCallSchema, text(files, 'call.json'), 'call.json');
  const lines = text(files, 'events.jsonl')
    .split('\n')
    .filter(line => line !== '');
  const events = lines.flatMap(line => {
    const event = readCallEvent(json(line, 'events.jsonl'));
    return event ? [event] : [];
  });
  if (events.length !== manifest.eventCount || events.some(({ seq }, at) => seq !== at))
    faults.push(
      `${String(manifest.eventCount)} events were put in; ${String(events.length)} in a row are here.`,
    );
  const proven = proveEvents(files, lines, manifest.redactedSeqs, faults);
  const callId = capsuleCallId(manifest.callId);
  return {
    view: {
      callId,
      manifest,
      call: { ...call, id: callId },
      citations: parsed(capsuleCitationsSchema, text(files, 'citations.json'), 'citations.json'),
      faults,
      signer: fingerprint === null ? { name: 'nobody' } : whoseKey(fingerprint),
      provenEvents: proven,
    },
    events: events.map(event => ({ ...event, conversationId: callId })),
    audio: files.get('audio.ogg') ?? null,
    peaks: files.get('peaks.json') ?? null,
  };
}

function unpack(bytes: Uint8Array): ReadonlyMap<CapsuleFile, Uint8Array> {
  if (bytes.length > MAX_CAPSULE_BYTES)
    throw appError('input.too-large', 'This capsule is larger than any that is made.', {
      origin: 'electron',
    });
  let total = 0;
  const seen = new Set<string>();
  const check = ({ name, originalSize }: UnzipFileInfo): boolean => {
    if (!(CAPSULE_FILES as readonly string[]).includes(name) || seen.has(name)) throw invalid(`A capsule holds no ${JSON.stringify(name.slice(0, 80))}, and nothing twice.`); // prettier-ignore
    seen.add(name);
    // What it says is what is made room for: more than that is never written.
    total += originalSize;
    if (total > MAX_UNPACKED_BYTES) throw appError('input.too-large', 'This capsule unpacks to more than any that is made.', { origin: 'electron' }); // prettier-ignore
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: check }))) as ReadonlyMap<
      CapsuleFile,
      Uint8Array
    >;
  } catch (error) {
    throw AppError.is(error) ? error : invalid('This file is no capsule, or a part of it is missing.');
  }
}

/** Events against the hashes of the call's chain, and the chain against itself. @returns how many events it proves */
function proveEvents(
  files: ReadonlyMap<CapsuleFile, Uint8Array>,
  lines: readonly string[],
  redactedSeqs: readonly number[],
  faults: string[],
): number {
  const { epochs } = parsed(capsuleChainSchema, text(files, 'chain.json'), 'chain.json');
  const hashes = new Map<number, string>();
  for (const { epoch, origin, entries, head } of epochs) {
    const broken = firstBroken(sha256, { seq: 0, hash: origin?.hash ?? GENESIS_HASH }, entries);
    if (broken !== null)
      faults.push(`The chain of the call is broken at entry ${String(broken)} of epoch ${String(epoch)}.`);
    if (entries.at(-1)?.hash !== head.hash)
      faults.push(`The chain of the call does not end at its head in epoch ${String(epoch)}.`);
    for (const { kind, payload } of entries) {
      const says = loggedSchema.safeParse(
        kind === 'call.log' && payload !== null ? json(payload, 'chain.json') : null,
      );
      says.data?.sha256.forEach((hash, at) => hashes.set((says.data?.from ?? 0) + at, hash));
    }
  }
  for (const { previous, entry } of parsed(capsuleAccessSchema, text(files, 'access.json'), 'access.json'))
    if (firstBroken(sha256, { seq: entry.seq - 1, hash: previous }, [entry]) !== null)
      faults.push(`Entry ${entry.eventId} of the access audit is not as it was written.`);
  const redacted = new Set(redactedSeqs);
  let proven = 0;
  lines.forEach((line, seq) => {
    if (redacted.has(seq)) return;
    if (hashes.get(seq) === sha256(line)) proven += 1;
    else faults.push(`Event ${String(seq)} is not as it was chained.`);
  });
  return proven;
}

const loggedSchema = z.object({ from: z.number().int(), sha256: z.array(z.string()) });
const sealSchema = z.object({ typ: z.literal('capsule'), manifestSha256: z.string() });
const keysSchema = z.array(z.object({ keyId: z.string(), jwk: z.string() }));

/** @returns the fingerprint of the key that signed the manifest; `null` where the signature does not hold */
async function signedBy(
  files: ReadonlyMap<CapsuleFile, Uint8Array>,
  manifestSha256: string,
): Promise<string | null> {
  const keys = parsed(keysSchema, text(files, 'keys.json'), 'keys.json');
  try {
    let fingerprint = '';
    const { payload } = await compactVerify(
      text(files, 'manifest.jws'),
      async ({ kid }) => {
        const jwk = JSON.parse(keys.find(one => one.keyId === kid)?.jwk ?? 'null') as JWK;
        // Of the key itself, and not what stands beside it: another key under a known name is another key.
        fingerprint = await calculateJwkThumbprint(jwk);
        return importJWK(jwk, 'EdDSA');
      },
      { algorithms: ['EdDSA'] },
    );
    return sealSchema.parse(JSON.parse(strFromU8(payload))).manifestSha256 === manifestSha256
      ? fingerprint
      : null;
  } catch {
    return null;
  }
}

function need(files: ReadonlyMap<CapsuleFile, Uint8Array>, name: CapsuleFile): Uint8Array {
  const file = files.get(name);
  if (!file) throw invalid(`This capsule has no ${name}.`);
  return file;
}
const text = (files: ReadonlyMap<CapsuleFile, Uint8Array>, name: CapsuleFile): string =>
  strFromU8(need(files, name));

function json(said: string, name: string): unknown {
  try {
    return JSON.parse(said) as unknown;
  } catch {
    throw invalid(`${name} cannot be read.`);
  }
}

function parsed<Value>(schema: z.ZodType<Value>, said: string, name: string): Value {
  const result = schema.safeParse(json(said, name));
  if (!result.success) throw invalid(`${name} is not one of a capsule of this version.`);
  return result.data;
}

const invalid = (message: string): AppError => appError('capsule.invalid', message, { origin: 'electron' });
