import {
  appendFacts,
  firstBroken,
  GENESIS_HASH,
  type AuditEntry,
  type AuditFact,
  type ChainHead,
  type Sha256,
} from './audit-chain.ts';

/** Where an epoch begins: behind which entry of which earlier one. Epoch 1 has none. */
export interface EpochOrigin extends ChainHead {
  readonly epoch: number;
}

/** Some entries in a row of one device, on their way to the store. */
export interface AuditFrame {
  readonly deviceId: string;
  readonly epoch: number;
  readonly origin: EpochOrigin | null;
  readonly entries: readonly AuditEntry[];
}

export type FrameAnswer =
  | { readonly outcome: 'ok'; readonly epoch: number; readonly head: ChainHead }
  /** Something before it is missing. */
  | { readonly outcome: 'gap'; readonly epoch: number; readonly head: ChainHead }
  /** It contradicts what is there. `newestEpoch` is the highest that the store knows of this device. */
  | { readonly outcome: 'fork'; readonly newestEpoch: number };

/** What the store knows of one device, read under a lock on its head. */
export interface DeviceRecord {
  readonly newestEpoch: number;
  /** Head of an epoch, `null` when it has not begun. */
  readonly headOf: (epoch: number) => ChainHead | null;
  readonly hashAt: (epoch: number, seq: number) => string | null;
}

export interface Reception {
  readonly answer: FrameAnswer;
  /** To be written with the new head in one transaction; empty when nothing is to be written. */
  readonly fresh: readonly AuditEntry[];
}

/** What the store does with a frame (SYN3, SYN4). */
export function receiveFrame(sha256: Sha256, record: DeviceRecord, frame: AuditFrame): Reception {
  const { epoch, origin, entries } = frame;
  const fork: Reception = { answer: { outcome: 'fork', newestEpoch: record.newestEpoch }, fresh: [] };
  const isKnownOrigin =
    origin === null
      ? epoch === 1
      : origin.epoch < epoch &&
        // A store that was replaced has nothing to say against it; what is missing there the proof names.
        (record.newestEpoch < origin.epoch || hashAt(record, origin.epoch, origin.seq) === origin.hash);
  if (!isKnownOrigin) return fork;
  const head = record.headOf(epoch) ?? { seq: 0, hash: origin?.hash ?? GENESIS_HASH };
  const [first] = entries;
  if (!first) return { answer: { outcome: 'ok', epoch, head }, fresh: [] };
  if (first.seq > head.seq + 1) return { answer: { outcome: 'gap', epoch, head }, fresh: [] };
  const fresh = entries.filter(({ seq }) => seq > head.seq);
  const overlap = entries.findLast(({ seq }) => seq <= head.seq);
  if (overlap && record.hashAt(epoch, overlap.seq) !== overlap.hash) return fork;
  if (firstBroken(sha256, head, fresh) !== null) return fork;
  const last = fresh.at(-1);
  return {
    answer: { outcome: 'ok', epoch, head: last ? { seq: last.seq, hash: last.hash } : head },
    fresh,
  };
}

/** An epoch without entries begins where it was opened; only the first has a place that everybody knows. */
function hashAt(record: DeviceRecord, epoch: number, seq: number): string | null {
  if (seq > 0) return record.hashAt(epoch, seq);
  return epoch === 1 ? GENESIS_HASH : null;
}

/** One device's own side: everything it wrote in its epoch, and what it may forget. */
export interface DeviceChain {
  readonly deviceId: string;
  readonly epoch: number;
  readonly origin: EpochOrigin | null;
  readonly entries: readonly AuditEntry[];
  /** The store has said that it has everything up to here. */
  readonly acked: ChainHead;
}

export const newDevice = (deviceId: string): DeviceChain => ({
  deviceId,
  epoch: 1,
  origin: null,
  entries: [],
  acked: { seq: 0, hash: GENESIS_HASH },
});

export const headOf = (chain: DeviceChain): ChainHead =>
  chain.entries.at(-1) ?? { seq: 0, hash: chain.origin?.hash ?? GENESIS_HASH };

export function record(sha256: Sha256, chain: DeviceChain, facts: readonly AuditFact[]): DeviceChain {
  return { ...chain, entries: [...chain.entries, ...appendFacts(sha256, headOf(chain), facts)] };
}

/** The next entries to send, at most `limit`; an empty frame asks for the head. */
export function nextFrame(chain: DeviceChain, limit: number): AuditFrame {
  const { deviceId, epoch, origin, entries, acked } = chain;
  return {
    deviceId,
    epoch,
    origin,
    entries: entries.filter(({ seq }) => seq > acked.seq).slice(0, limit),
  };
}

/** What a device makes of an answer (SYN4, SYN5). */
export function onAnswer(sha256: Sha256, chain: DeviceChain, answer: FrameAnswer): DeviceChain {
  if (answer.outcome === 'fork') return openEpoch(sha256, chain, answer.newestEpoch + 1);
  if (answer.epoch !== chain.epoch) return chain; // of another life
  const { head } = answer;
  const own = head.seq === 0 ? (chain.origin?.hash ?? GENESIS_HASH) : entryAt(chain, head.seq)?.hash;
  // The store has what this disk has not, or something else in its place: this disk went back in time.
  if (own !== head.hash) return openEpoch(sha256, chain, chain.epoch + 1);
  // The store was put back from a copy: what it had acknowledged is sent again.
  const isRewound = answer.outcome === 'gap' && head.seq < chain.acked.seq;
  return head.seq > chain.acked.seq || isRewound ? { ...chain, acked: head } : chain;
}

/** A new epoch behind the last entry that the store has acknowledged, with everything after it written again. */
function openEpoch(sha256: Sha256, chain: DeviceChain, atLeast: number): DeviceChain {
  const { deviceId, acked, origin } = chain;
  // With nothing acknowledged in this epoch, the new one begins where this one did.
  const from: EpochOrigin | null =
    acked.seq === 0 && chain.epoch > 1 ? origin : { ...acked, epoch: chain.epoch };
  const opened: DeviceChain = {
    deviceId,
    epoch: Math.max(atLeast, chain.epoch + 1),
    origin: from,
    entries: [],
    acked: { seq: 0, hash: from?.hash ?? GENESIS_HASH },
  };
  return record(
    sha256,
    opened,
    chain.entries.filter(({ seq }) => seq > acked.seq),
  );
}

const entryAt = (chain: DeviceChain, seq: number): AuditEntry | undefined =>
  chain.entries.find(entry => entry.seq === seq);
