import { createHash, type Hash } from 'node:crypto';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { soundChainNext, soundChainStart } from '#worker/audit/sound-chain.ts';
import type { ChunkLedger, FrameTag } from '#worker/lanes/chunk-ledger.ts';
import type { TaggedFrame } from './belt.ts';

export interface SinkLedgerDeps {
  readonly callId: CallId;
  readonly ledger: Pick<ChunkLedger, 'get'>;
  readonly append: (draft: CallEventDraft) => void;
}

interface Piece {
  readonly tag: FrameTag;
  readonly startSample: number;
  readonly hash: Hash;
  endSample: number;
  endChunkSample: number;
  endChar: number;
}

/**
 * Writes down what went to the caller's line, from the frames themselves: one `line.sounded` per unbroken piece of one chunk,
 * with its samples, its characters, the verdicts that let it pass and a hash of the audio, chained to the piece before
 * (MED43, MED44). It decides nothing and stops nothing.
 */
export class SinkLedger {
  readonly #deps: SinkLedgerDeps;
  #chain: string;
  #piece: Piece | null = null;

  constructor(deps: SinkLedgerDeps) {
    this.#deps = deps;
    this.#chain = soundChainStart(deps.callId);
  }

  /** Goes on with the ledger of another host. */
  continueFrom(chain: string): void {
    this.#chain = chain;
  }

  /** What the line got at `startSample` of the call: a frame of the AI, or `null` for none. */
  pulled(frame: TaggedFrame | null, startSample: number): void {
    const tag = frame?.tag ?? null;
    if (frame === null || tag === null) {
      this.close();
      return;
    }
    const { samples } = frame;
    const open = this.#piece;
    const goesOn =
      open?.tag.chunkId === tag.chunkId &&
      open.tag.epoch === tag.epoch &&
      open.endSample === startSample &&
      open.endChunkSample === tag.startSample;
    if (!goesOn) this.close();
    const piece = (this.#piece ??= {
      tag,
      startSample,
      hash: createHash('sha256'),
      endSample: startSample,
      endChunkSample: tag.startSample,
      endChar: tag.span[0],
    });
    piece.hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    piece.endSample += samples.length;
    piece.endChunkSample += samples.length;
    piece.endChar = tag.span[1];
    if (tag.last) this.close();
  }

  /** The piece that sounded is over; called when the belt is cut and before the log closes. */
  close(): void {
    const piece = this.#piece;
    if (!piece) return;
    this.#piece = null;
    const { chunkId, epoch, span, startSample: chunkSample } = piece.tag;
    const chunk = this.#deps.ledger.get(chunkId);
    const chars = chunk?.text.length ?? 0;
    const entry = {
      chunkId,
      epoch,
      span: [Math.min(span[0], chars), Math.min(piece.endChar, chars)] as [number, number],
      startSample: piece.startSample,
      endSample: piece.endSample,
      chunkSample,
      auditIds: [...(chunk?.auditIds ?? [])],
      pcmSha256: piece.hash.digest('hex'),
    };
    this.#chain = soundChainNext(this.#chain, entry);
    this.#deps.append({ type: 'line.sounded', ...entry, chainSha256: this.#chain });
  }
}
