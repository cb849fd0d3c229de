import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { strToU8, zipSync, type Zippable } from 'fflate';
import type { AuditEntry } from '#shared/domain/audit-chain.ts';
import { GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { CapsuleFile, CapsuleManifest } from '#shared/protocol/capsule.ts';
import type { RecordingPeaks } from '#shared/protocol/recording-peaks.ts';
import type { AuditKey } from '#worker/audit/audit-key.ts';
import { callDevice } from '#worker/audit/own-chains.ts';
import type { Store } from '#worker/store/store.ts';
import { redactEvent } from './redact-event.ts';

const PAGE = 2_000;

export interface CapsuleParts {
  readonly store: Store;
  readonly key: AuditKey;
  readonly workerId: string;
  /** Documents in force, as they are handed out. */
  readonly policies: { readonly label: string; readonly documents: readonly unknown[] };
  /** The file of the recording; rejects with `recording.*` where there is none. `null` leaves it out as asked. */
  readonly recording: (() => Promise<string>) | null;
  /** What the recording looks like; `null` where that was not kept. */
  readonly peaks?: () => Promise<RecordingPeaks | null>;
  readonly nowMs: number;
}

/** One ended call as one file that proves itself (ARC10). Rejects with `call.unknown`, or `input.invalid` while it runs. */
export async function makeCapsule(parts: CapsuleParts, callId: CallId, by: Actor): Promise<Uint8Array> {
  const { store, key, nowMs } = parts;
  const call = await store.conversation(by.orgId, callId);
  if (!call) throw appError('call.unknown', 'There is no such call.');
  if (call.endedAtMs === null)
    throw appError('input.invalid', 'This call still runs. It can be handed out once it has ended.');
  const events = (await pages(after => store.callLogTexts(callId, after, PAGE), -1, ({ seq }) => seq)).map(({ seq, text }) => ({ seq, ...redactEvent(text) })); // prettier-ignore
  const audio = await audioOf(parts.recording);
  const peaks = audio.bytes ? await parts.peaks?.() : null;
  const deviceId = callDevice(callId);
  const epochs = [];
  for (const { epoch, origin, head } of await store.auditHeads(by.orgId, deviceId))
    epochs.push({ epoch, origin, head, entries: await pages(after => store.auditEntries({ orgId: by.orgId, deviceId, epoch, afterSeq: after, limit: PAGE }), 0, ({ seq }) => seq) }); // prettier-ignore
  const files: Partial<Record<CapsuleFile, Uint8Array>> = {
    'events.jsonl': strToU8(events.map(({ text }) => `${text}\n`).join('')),
    'call.json': strToU8(redactEvent(JSON.stringify(call)).text),
    'policies.json': strToU8(JSON.stringify(parts.policies)),
    'citations.json': strToU8(
      JSON.stringify(citationsOf(events.map(({ text }) => JSON.parse(text) as CallEvent))),
    ),
    'chain.json': strToU8(JSON.stringify({ epochs })),
    'access.json': strToU8(JSON.stringify(await entriesAbout(store, by, callId))),
    'keys.json': strToU8(JSON.stringify(await store.auditKeys())),
    ...(audio.bytes ? { 'audio.ogg': audio.bytes } : {}),
    ...(peaks ? { 'peaks.json': strToU8(JSON.stringify(peaks)) } : {}),
  };
  const manifest: CapsuleManifest = {
    format: 'sidetone-capsule',
    version: 1,
    callId,
    orgId: by.orgId,
    createdAtMs: nowMs,
    createdBy: by.name,
    workerId: parts.workerId,
    eventCount: events.length,
    redactedSeqs: events.flatMap(({ seq, isRedacted }) => (isRedacted ? [seq] : [])),
    noAudio: audio.why,
    policyLabel: parts.policies.label,
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, hashOf(bytes)])) as CapsuleManifest['files'], // prettier-ignore
  };
  const written = strToU8(JSON.stringify(manifest, null, 1));
  const seal = await key.sign({ typ: 'capsule', callId, manifestSha256: hashOf(written), atMs: nowMs });
  const zip: Zippable = { 'manifest.json': written, 'manifest.jws': strToU8(seal) };
  // What is packed already is not packed again.
  for (const [name, bytes] of Object.entries(files))
    zip[name] = [bytes, { level: name === 'audio.ogg' ? 0 : 6 }];
  return zipSync(zip);
}

async function audioOf(file: CapsuleParts['recording']): Promise<{
  readonly bytes: Uint8Array | null;
  readonly why: string | null;
}> {
  if (file === null) return { bytes: null, why: 'It was handed out without audio.' };
  try {
    return { bytes: readFileSync(await file()), why: null };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { bytes: null, why: error.body.message };
  }
}

/** What the workers' chains say of the call: who was let in, and how it was sealed. */
async function entriesAbout(store: Store, { orgId }: Actor, callId: CallId) {
  const found: { deviceId: string; epoch: number; previous: string; entry: AuditEntry }[] = [];
  for (const { deviceId, epoch, origin } of await store.auditHeads(orgId, null)) {
    if (!deviceId.startsWith('worker.')) continue;
    let previous = origin?.hash ?? GENESIS_HASH;
    for (const entry of await pages(
      after => store.auditEntries({ orgId, deviceId, epoch, afterSeq: after, limit: PAGE }),
      0,
      ({ seq }) => seq,
    )) {
      // prettier-ignore
      if (entry.payload?.includes(JSON.stringify(callId)) === true) found.push({ deviceId, epoch, previous, entry });
      previous = entry.hash;
    }
  }
  return found;
}

function citationsOf(events: readonly CallEvent[]) {
  const titles = new Map<string, string>();
  const quotes = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.type !== 'chunk.drafted') continue;
    for (const { sourceId, title, quote } of event.citations) {
      titles.set(sourceId, title);
      const known = quotes.get(sourceId) ?? new Set<string>();
      quotes.set(sourceId, known);
      known.add(quote);
    }
  }
  return [...quotes].map(([docId, said]) => ({
    docId,
    title: titles.get(docId) ?? docId,
    quotes: [...said],
  }));
}

async function pages<Row>(
  read: (after: number) => Promise<readonly Row[]>,
  first: number,
  placeOf: (row: Row) => number,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (let after = first; ;) {
    const page = await read(after);
    all.push(...page);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return all;
    after = placeOf(last);
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
