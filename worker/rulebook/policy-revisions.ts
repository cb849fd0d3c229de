import { createHash } from 'node:crypto';
import { editBlocks } from '#shared/domain/blocks.ts';
import { policyDocId, policyNameOf } from '#shared/domain/document-space.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { blocksOf, clauseFaultWords, policyDocumentOf } from '#shared/domain/policy-text.ts';
import { appError } from '#shared/errors/app-error.ts';
import { revisionSchema, type SavedRevision } from '#shared/protocol/knowledge.ts';

/** Devices of revisions that no desk has made. */
export const SHIPPED_DEVICE = 'shipped';
export const FOLDER_DEVICE = 'folder';
export const API_DEVICE = 'api';
const WORKER_DEVICE = 'worker';

const VERSION = /^[1-9]\d{0,8}$/u;

/** The version a revision is or was in force as; 0 where it never was. */
export function versionOf({ fields }: SavedRevision): number {
  const version = fields.policyVersion ?? '';
  return VERSION.test(version) ? Number(version) : 0;
}

/** Whether a published revision means that the org has no document of this name of its own (POL66). */
export const isOutOfForce = ({ isDeleted, fields }: SavedRevision): boolean =>
  isDeleted || fields.stage === 'archived';

/** Throws `policy.invalid` with the clause and the fault. */
export function documentOfRevision(revision: SavedRevision, version: number): PolicyDocument {
  const reading = policyDocumentOf(
    policyNameOf(revision.docId),
    revision.blocks.map(({ text }) => text),
    version,
  );
  if (!reading.ok) throw appError('policy.invalid', reading.faults.map(clauseFaultWords).join('\n'));
  return reading.document;
}

export interface DocumentOrigin {
  readonly deviceId: string;
  readonly savedAtMs: number;
  /** What it is written over; `null` where there is no such document. */
  readonly before: SavedRevision | null;
  readonly note: string;
}

/**
 * A document as a revision. Its id follows from what it says and what it comes from, so that two workers that take in the same file
 * make the same revision (POL62). Throws `input.too-large`.
 */
export function revisionOfDocument(
  document: PolicyDocument,
  { deviceId, savedAtMs, before, note }: DocumentOrigin,
): SavedRevision {
  const { name, version } = document;
  const fresh = blocksOf(document);
  const texts = fresh.map(({ text }) => text);
  const idOf = (text: string): string => fresh.find(one => one.text === text)?.id ?? digest([name, text]);
  const blocks = before ? keepIds(before, texts, idOf) : fresh;
  const { stage: _stage, ...fields } = before?.fields ?? {};
  const revision = revisionSchema.safeParse({
    id: digest([name, version, texts, before?.id ?? null, deviceId]),
    docId: policyDocId(name),
    parents: before ? [before.id] : [],
    author: '',
    deviceId,
    savedAtMs: Math.round(savedAtMs),
    blocks: [...blocks],
    fields: { ...fields, title: name, policyVersion: String(version) },
    isDeleted: false,
    note,
    resolves: [],
  } satisfies SavedRevision);
  if (!revision.success)
    throw appError(
      'input.too-large',
      `${name}: one policy has more than 20,000 characters. Write it as two, each with a name of its own.`,
    );
  return revision.data;
}

/** The revision that is in force: the text of another under its version, so that every worker names it alike. */
export function inForceRevision(text: SavedRevision, version: number, atMs: number): SavedRevision {
  return {
    ...text,
    id: digest(['in force', text.id, version]),
    parents: [text.id],
    deviceId: WORKER_DEVICE,
    savedAtMs: Math.round(atMs),
    fields: { ...text.fields, policyVersion: String(version) },
    note: isOutOfForce(text) ? 'Taken out of force' : `Version ${String(version)}, put in force`,
    resolves: [],
  };
}

/** Blocks keep their ids where a clause is the same or was changed; what is new is named after its policy where that is free. */
function keepIds(
  before: SavedRevision,
  texts: readonly string[],
  idOf: (text: string) => string,
): readonly { readonly id: string; readonly text: string }[] {
  let made = 0;
  const blocks = editBlocks(before.blocks, texts, () => `new ${String((made += 1))}`);
  const taken = new Set(blocks.map(({ id }) => id));
  return blocks.map(({ id, text }, at) => {
    if (!id.startsWith('new ')) return { id, text };
    const wanted = idOf(text);
    const free = taken.has(wanted) ? digest([wanted, before.id, at]) : wanted;
    taken.add(free);
    return { id: free, text };
  });
}

const digest = (parts: readonly unknown[]): string =>
  `policy-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
