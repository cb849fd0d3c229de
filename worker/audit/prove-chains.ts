// One proof over everything that is chained; its parts share what they read. Over 200 lines for that reason.
import type { AuditBook, DeviceHead } from '#shared/adapters/audit-book.ts';
import { firstBroken, GENESIS_HASH, type AuditEntry, type ChainHead } from '#shared/domain/audit-chain.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { AuditProof } from '#shared/protocol/audit.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { derivedRows } from '#worker/store/derived-rows.ts';
import { parseEvent, policyValues, toolCallValues } from '#worker/store/row-values.ts';
import type { Store } from '#worker/store/store.ts';
import { anchorSchema, receiptSchema, signatureReader } from './audit-key.ts';
import {
  callOfDevice,
  erasedDigest,
  isOwnDevice,
  type ErasedLog,
  type LoggedEvents,
  type SealedCall,
} from './own-chains.ts';
import { sha256 } from './sha256.ts';

/** What a proof reads. It changes nothing. */
export type ChainReader = Omit<AuditBook, 'receiveFrame' | 'addAnchor' | 'addAuditKey'> &
  Pick<Store, 'policyRows' | 'toolCalls'>;

export interface ProofExtras {
  /** Receipts that devices kept, as compact JWS. */
  readonly receipts?: readonly string[];
  /** Anchors that were kept outside of the database. */
  readonly anchors?: readonly { readonly orgId: string; readonly number: number; readonly jws: string }[];
  /** `null` proves every org. */
  readonly orgId?: OrgId | null;
}

type Fault = AuditProof['faults'][number];
const PAGE = 2_000;
/** A list that nobody reads to its end helps nobody. */
const MAX_FAULTS = 200;

/** Reads every chain there is and names what is not as it was written (SYN16-SYN19). */
export async function proveChains(
  reader: ChainReader,
  { receipts = [], anchors = [], orgId: only = null }: ProofExtras = {},
): Promise<AuditProof> {
  const read = signatureReader(await reader.auditKeys());
  const faults: Fault[] = [];
  const counts = { chains: 0, entries: 0, events: 0, accessRows: 0, anchors: 0, receipts: 0, parked: 0 };
  for (const orgId of await reader.auditedOrgs()) {
    if (only !== null && orgId !== only) continue;
    const org = new OrgProof(reader, orgId, faults);
    await org.prove();
    counts.chains += org.heads.length;
    counts.entries += org.entries;
    counts.events += org.events;
    counts.accessRows += org.accessRows;
    counts.parked += (await reader.parkedEntries(orgId)).length;
    const kept = anchors.filter(anchor => anchor.orgId === orgId);
    counts.anchors += await proveAnchors(org, await reader.auditAnchors(orgId), kept, read);
    for (const jws of receipts) {
      const receipt = receiptSchema.safeParse(await read(jws)).data;
      if (receipt && receipt.orgId !== orgId) continue;
      counts.receipts += 1;
      if (!receipt) org.fault('receipt', '', 0, 0, 'A receipt was not signed by any worker of this record.');
      else await org.expectHash('receipt', receipt.deviceId, receipt.epoch, receipt, 'A receipt was given');
    }
  }
  return {
    verdict: faults.length === 0 ? 'pass' : 'fail',
    ...counts,
    faults: faults.slice(0, MAX_FAULTS),
  };
}

/**
 * The same of a record that is written to meanwhile. What was only half there while it was read is whole the second time; what is
 * wrong is wrong at the same place both times (SYN41).
 */
export async function proveGrowingChains(reader: ChainReader, extras: ProofExtras = {}): Promise<AuditProof> {
  const first = await proveChains(reader, extras);
  if (first.verdict === 'pass') return first;
  const known = new Set(first.faults.map(fault => JSON.stringify(fault)));
  const second = await proveChains(reader, extras);
  const faults = second.faults.filter(fault => known.has(JSON.stringify(fault)));
  return { ...second, verdict: faults.length === 0 ? 'pass' : 'fail', faults };
}

class OrgProof {
  entries = 0;
  events = 0;
  accessRows = 0;
  heads: readonly DeviceHead[] = [];
  readonly orgId: OrgId;
  readonly #reader: ChainReader;
  readonly #faults: Fault[];
  readonly #accesses = new Map<string, ChainedText>();
  readonly #tools = new Map<string, string>();
  readonly #seals: (SealedCall & { readonly deviceId: string })[] = [];
  #chainedFromMs = Infinity;
  #devices: ReadonlyMap<string, readonly DeviceHead[]> = new Map();

  constructor(reader: ChainReader, orgId: OrgId, faults: Fault[]) {
    this.#reader = reader;
    this.orgId = orgId;
    this.#faults = faults;
  }

  fault(rule: string, deviceId: string, epoch: number, seq: number, says: string): void {
    this.#faults.push({ rule, orgId: this.orgId, deviceId, epoch, seq, says });
  }

  async prove(): Promise<void> {
    this.heads = await this.#reader.auditHeads(this.orgId, null);
    // Workers first: what they say of tools and seals is needed for the calls.
    this.#devices = Map.groupBy(this.heads, head => head.deviceId);
    for (const [deviceId, heads] of this.#devices)
      if (callOfDevice(deviceId) === null)
        await this.#chain(heads, entry => this.#ofWorker(deviceId, heads, entry));
    for (const [deviceId, heads] of this.#devices) {
      const callId = callOfDevice(deviceId);
      if (callId === null) continue;
      const logged = new Map<number, string>();
      let erased: string | null = null;
      await this.#chain(heads, entry => {
        if (entry.kind === 'call.erased' && entry.payload !== null)
          erased = (parsed(entry.payload) as ErasedLog).sha256;
        this.#ofCall(deviceId, heads, entry, logged);
      });
      await this.#call(callId, deviceId, logged, erased);
    }
    for (const { callId, deviceId, seq, hash } of this.#seals)
      await this.expectHash(
        'seal',
        `call.${callId}`,
        null,
        { seq, hash },
        `The worker sealed this call (${deviceId})`,
      );
    await this.#accessTable();
  }

  /** The entry that was spoken of is there and is the same. `epoch` null: in any epoch. */
  async expectHash(
    rule: string,
    deviceId: string,
    epoch: number | null,
    { seq, hash }: ChainHead,
    who: string,
  ): Promise<void> {
    if (seq === 0) return;
    const epochs = (this.#devices.get(deviceId) ?? []).filter(head => epoch === null || head.epoch === epoch);
    for (const head of epochs) {
      const [entry] = await this.#page(head, seq - 1, 1);
      if (entry?.seq === seq && entry.hash === hash) return;
    }
    const isShort = epochs.every(({ head }) => head.seq < seq);
    this.fault(rule, deviceId, epoch ?? epochs.at(-1)?.epoch ?? 0, seq,
      isShort ? `${who} for an entry that is not there: the chain was cut off.` : `${who} for another entry with this number: the chain was written anew.`); // prettier-ignore
  }

  #page(head: DeviceHead, afterSeq: number, limit: number): Promise<readonly AuditEntry[]> {
    const { orgId, deviceId, epoch } = head;
    return this.#reader.auditEntries({ orgId, deviceId, epoch, afterSeq, limit });
  }

  /** Every epoch of one device, entry by entry. */
  async #chain(heads: readonly DeviceHead[], each: (entry: AuditEntry) => void): Promise<void> {
    for (const head of heads) {
      const { deviceId, epoch, origin } = head;
      if (origin)
        await this.expectHash(
          'origin',
          deviceId,
          origin.epoch,
          origin,
          'The epoch after it begins behind an entry,',
        );
      else if (epoch !== 1)
        this.fault('origin', deviceId, epoch, 0, 'This epoch does not say where it began.');
      let at: ChainHead = { seq: 0, hash: origin?.hash ?? GENESIS_HASH };
      for (;;) {
        const page = await this.#page(head, at.seq, PAGE);
        const broken = firstBroken(sha256, at, page);
        if (broken !== null) {
          this.fault(
            'entry',
            deviceId,
            epoch,
            broken,
            'This entry is not as it was written, or the one that was here is missing.',
          );
          break;
        }
        this.entries += page.length;
        for (const entry of page) each(entry);
        const last = page.at(-1);
        if (last) at = { seq: last.seq, hash: last.hash };
        if (page.length < PAGE) {
          if (at.seq !== head.head.seq || at.hash !== head.head.hash)
            this.fault(
              'head',
              deviceId,
              epoch,
              Math.min(at.seq, head.head.seq) + 1,
              'The chain does not end where its head says: entries were cut off or added.',
            );
          break;
        }
      }
    }
  }

  #ofWorker(deviceId: string, heads: readonly DeviceHead[], { kind, payload, seq, atMs }: AuditEntry): void {
    if (!isOwnDevice(deviceId) || payload === null) return;
    this.#chainedFromMs = Math.min(this.#chainedFromMs, atMs);
    const says = parsed(payload) as { readonly id?: string } & Partial<SealedCall>;
    const place = { deviceId, epoch: heads.at(-1)?.epoch ?? 1, seq };
    if (kind === 'access' && says.id !== undefined) this.#accesses.set(says.id, { ...place, text: payload });
    else if (kind === 'tool' && says.id !== undefined) this.#tools.set(says.id, payload);
    else if (kind === 'call.sealed' && says.callId !== undefined)
      this.#seals.push({ callId: says.callId, seq: says.seq ?? 0, hash: says.hash ?? '', deviceId });
  }

  #ofCall(
    deviceId: string,
    heads: readonly DeviceHead[],
    { kind, payload, seq }: AuditEntry,
    logged: Map<number, string>,
  ): void {
    if (kind !== 'call.log' || payload === null) return;
    const { from, sha256: hashes } = parsed(payload) as LoggedEvents;
    hashes.forEach((hash, at) => {
      const known = logged.get(from + at);
      if (known !== undefined && known !== hash)
        this.fault(
          'entry',
          deviceId,
          heads.at(-1)?.epoch ?? 1,
          seq,
          `Event ${String(from + at)} was chained twice with other words.`,
        );
      logged.set(from + at, hash);
    });
  }

  /** Events against their hashes, and audit rows against what follows from events. */
  async #call(
    callId: CallId,
    deviceId: string,
    logged: ReadonlyMap<number, string>,
    erased: string | null,
  ): Promise<void> {
    const first = Math.min(...logged.keys());
    const missing = new Set(logged.keys());
    const verdicts = new Map<string, string>();
    const tools = new Map<string, string>();
    const texts: string[] = [];
    const changed: number[] = [];
    let isWhole = true;
    // The reason that a person wrote is gone with the words.
    const verdictText = ({ policy, decision, reason, atMs }: ToldVerdict): string =>
      canonicalJson({ policy, decision, atMs, ...(erased === null ? { reason } : {}) });
    for (let after = -1; ;) {
      const page = await this.#reader.callLogTexts(callId, after, PAGE);
      for (const { seq, text } of page) {
        after = seq;
        missing.delete(seq);
        texts.push(text);
        const hash = logged.get(seq);
        // What was written before calls were chained is not proven, and not counted.
        if (hash === undefined && seq < first) {
          isWhole = false;
          continue;
        }
        this.events += 1;
        if (hash === undefined)
          this.fault('event', deviceId, 0, seq, 'This event of the call was added: no entry speaks of it.');
        else if (hash !== sha256(text)) changed.push(seq);
        const event = parsed(text) === null ? null : parseEvent(text);
        if (event === null) continue;
        for (const row of derivedRows(event, () => null)) {
          if (row.table === 'audit_policy') {
            const verdict = policyValues(event, row);
            if (!verdicts.has(verdict.id)) verdicts.set(verdict.id, verdictText(verdict));
          } else if (row.table === 'audit_tool_calls') {
            const call = toolCallValues(event, row);
            if (!tools.has(call.id)) tools.set(call.id, canonicalJson(call));
          }
        }
      }
      if (page.length < PAGE) break;
    }
    if (erased === null || erased !== erasedDigest(texts))
      for (const seq of changed)
        this.fault('event', deviceId, 0, seq, 'This event of the call is not as it was written.');
    for (const seq of missing) this.fault('event', deviceId, 0, seq, 'This event of the call is missing.');
    if (!isWhole) return;
    const rows = (await this.#reader.policyRows(callId)).map(row => ({ id: row.id, text: verdictText(row) }));
    this.#compare('verdict', deviceId, rows, verdicts);
    const calls = (await this.#reader.toolCalls(callId))
      .filter(({ id }) => erased === null || tools.has(id))
      .map(call => ({ id: call.id, text: canonicalJson(call) }));
    const outbox = calls.flatMap(({ id }) =>
      this.#tools.has(id) ? [[id, this.#tools.get(id) ?? ''] as const] : [],
    );
    this.#compare('tool', deviceId, calls, new Map([...outbox, ...tools]));
  }

  #compare(
    rule: 'verdict' | 'tool',
    deviceId: string,
    rows: readonly { readonly id: string; readonly text: string }[],
    follows: ReadonlyMap<string, string>,
  ): void {
    const left = new Set(follows.keys());
    for (const { id, text } of rows) {
      left.delete(id);
      if (follows.get(id) !== text)
        this.fault(rule, deviceId, 0, 0, `Row ${id} of the ${rule} audit does not follow from the call.`);
    }
    for (const id of left) this.fault(rule, deviceId, 0, 0, `Row ${id} of the ${rule} audit is missing.`);
  }

  async #accessTable(): Promise<void> {
    const missing = new Map(this.#accesses);
    for (let after = ''; ;) {
      const page = await this.#reader.accessTexts(this.orgId, after, PAGE);
      for (const { id, atMs, text } of page) {
        after = id;
        const known = this.#accesses.get(id);
        missing.delete(id);
        if (known) this.accessRows += 1;
        if (known && known.text !== text)
          this.fault(
            'access',
            known.deviceId,
            known.epoch,
            known.seq,
            `Row ${id} of the access audit is not as it was written.`,
          );
        else if (!known && atMs > this.#chainedFromMs)
          this.fault('access', '', 0, 0, `Row ${id} of the access audit was added: no entry speaks of it.`);
      }
      if (page.length < PAGE) break;
    }
    for (const [id, { deviceId, epoch, seq }] of missing)
      this.fault('access', deviceId, epoch, seq, `Row ${id} of the access audit is missing.`);
  }
}

interface ToldVerdict {
  readonly policy: string;
  readonly decision: string;
  readonly reason: string;
  readonly atMs: number;
}

interface ChainedText {
  readonly deviceId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly text: string;
}

/** Anchors of the store and those kept beside it. @returns how many were checked */
async function proveAnchors(
  org: OrgProof,
  stored: readonly { readonly number: number; readonly jws: string }[],
  kept: readonly { readonly number: number; readonly jws: string }[],
  read: (jws: string) => Promise<unknown>,
): Promise<number> {
  let previous = GENESIS_HASH;
  for (const [at, { number, jws }] of stored.entries()) {
    const anchor = anchorSchema.safeParse(await read(jws)).data;
    if (
      !anchor ||
      anchor.orgId !== org.orgId ||
      anchor.number !== number ||
      number !== at + 1 ||
      anchor.previous !== previous
    )
      org.fault(
        'anchor',
        '',
        0,
        number,
        'This anchor is not as it was signed, or the one before it is missing.',
      );
    previous = sha256(jws);
    for (const [deviceId, epoch, seq, hash] of anchor?.heads ?? [])
      await org.expectHash('anchor', deviceId, epoch, { seq, hash }, `Anchor ${String(number)} was signed`);
  }
  for (const { number, jws } of kept) {
    const same = stored.find(anchor => anchor.number === number);
    if (same?.jws === jws) continue;
    org.fault('anchor', '', 0, number, 'This anchor is kept beside the database and is not in it.');
    const anchor = anchorSchema.safeParse(await read(jws)).data;
    for (const [deviceId, epoch, seq, hash] of anchor?.heads ?? [])
      await org.expectHash('anchor', deviceId, epoch, { seq, hash }, `Anchor ${String(number)} was signed`);
  }
  return stored.length + kept.length;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
