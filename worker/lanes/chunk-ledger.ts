import type { FloorHolder } from '#shared/domain/call.ts';
import type { ChunkId } from '#shared/domain/ids.ts';
import type { ChunkOrigin, ChunkState, Citation, Lane, TextSpan } from '#shared/domain/lanes.ts';

/** What a chunk may become next. Anything else is a bug and is refused (GATE40). */
const NEXT: Readonly<Record<ChunkState, readonly ChunkState[]>> = {
  drafted: ['allowed', 'redacted', 'vetoed', 'withheld'],
  allowed: ['held', 'released', 'vetoed', 'withheld'],
  redacted: ['held', 'released', 'vetoed', 'withheld'],
  held: ['released', 'vetoed', 'withheld'],
  released: ['queued', 'vetoed', 'withheld'],
  queued: ['speaking', 'vetoed', 'withheld'],
  speaking: ['spoken', 'interrupted'],
  vetoed: [],
  spoken: [],
  interrupted: [],
  withheld: [],
};

export function mayBecome(from: ChunkState, to: ChunkState): boolean {
  return NEXT[from].includes(to);
}

/** States in which a chunk can still be stopped before anybody hears it. */
export type PendingState = 'drafted' | 'allowed' | 'redacted' | 'held' | 'released' | 'queued';

export function isPending(state: ChunkState): state is PendingState {
  return mayBecome(state, 'withheld');
}

/** A chunk that nobody has heard to the end. */
export function isStoppable(state: ChunkState): boolean {
  return state === 'speaking' || isPending(state);
}

/** What every audio frame of the AI carries from the voice to the belt. */
export interface FrameTag {
  readonly chunkId: ChunkId;
  readonly epoch: number;
  /** The characters of the chunk's text that this frame sounds. */
  readonly span: TextSpan;
  /** First sample of the frame within its chunk. */
  readonly startSample: number;
  readonly last: boolean;
}

export interface ChunkRecord {
  readonly chunkId: ChunkId;
  readonly utteranceId: string;
  readonly lane: Lane;
  readonly origin: ChunkOrigin;
  readonly epoch: number;
  readonly draftText: string;
  readonly citations: readonly Citation[];
  readonly noteIds: readonly string[];
  readonly toolFacts: readonly { readonly name: string; readonly value: string }[];
  readonly draftedAtMono: number;
  /** Policies whose veto a supervisor set aside for this chunk. */
  readonly overruled?: readonly string[];
  state: ChunkState;
  /** What may be spoken: the draft, or the draft after redaction. */
  text: string;
  durationMs: number | null;
  heardSamples: number;
  heardChars: number;
  /** Audit ids of the verdicts that let it pass. */
  auditIds?: readonly string[];
}

export type BeltAnswer = 'pass' | 'untagged' | 'stale' | 'unreleased' | 'stopped' | 'floor';

/** The facts the belt decides from. */
export interface BeltView {
  readonly epoch: number;
  readonly floor: FloorHolder;
  stateOf(chunkId: ChunkId): ChunkState | null;
}

/**
 * Whether one frame may sound now. Deny by default, asked when a frame arrives and again when it is played (MED1-MED4):
 * no tag, an old epoch, a chunk that is not released, or a floor that is not the AI's is silence.
 */
export function mayPass(tag: FrameTag | null, view: BeltView): BeltAnswer {
  if (tag === null) return 'untagged';
  if (view.floor !== 'ai') return 'floor';
  if (tag.epoch !== view.epoch) return 'stale';
  switch (view.stateOf(tag.chunkId)) {
    case 'released':
    case 'queued':
    case 'speaking':
      return 'pass';
    case 'vetoed':
    case 'withheld':
    case 'interrupted':
      return 'stopped';
    case 'drafted':
    case 'allowed':
    case 'redacted':
    case 'held':
    case 'spoken':
    case null:
      return 'unreleased';
  }
}

/** Every chunk of one call, in the order of drafting, and the epoch that tells old speech from new. */
export class ChunkLedger implements BeltView {
  readonly #chunks = new Map<ChunkId, ChunkRecord>();
  epoch = 0;
  floor: FloorHolder = 'ai';

  add(record: ChunkRecord): void {
    this.#chunks.set(record.chunkId, record);
  }

  get(chunkId: ChunkId): ChunkRecord | null {
    return this.#chunks.get(chunkId) ?? null;
  }

  stateOf(chunkId: ChunkId): ChunkState | null {
    return this.#chunks.get(chunkId)?.state ?? null;
  }

  /** @returns false, and changes nothing, when the move is not one a chunk may make */
  move(chunk: ChunkRecord, to: ChunkState): boolean {
    if (!mayBecome(chunk.state, to)) return false;
    chunk.state = to;
    return true;
  }

  all(): IterableIterator<ChunkRecord> {
    return this.#chunks.values();
  }

  /** Those that can still be stopped, oldest first. */
  pending(): readonly ChunkRecord[] {
    return [...this.#chunks.values()].filter(chunk => isPending(chunk.state));
  }

  /** Whether anything drafted after this chunk has been heard, acknowledgements aside. */
  heardAfter(chunk: ChunkRecord): boolean {
    let after = false;
    for (const other of this.#chunks.values()) {
      if (after && other.lane !== 'A' && (other.state === 'speaking' || other.heardSamples > 0)) return true;
      after ||= other === chunk;
    }
    return false;
  }

  speaking(): ChunkRecord | null {
    for (const chunk of this.#chunks.values()) if (chunk.state === 'speaking') return chunk;
    return null;
  }
}
