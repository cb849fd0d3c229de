import type { HeardSpeech } from '#shared/adapters/telephony-adapter.ts';
import type { CallId, ChunkId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { ChunkLedger, ChunkRecord, FrameTag } from '#worker/lanes/chunk-ledger.ts';
import type { Refusal } from '#worker/lanes/last-look.ts';
import type { BeltEvents } from '#worker/media/belt.ts';

export interface ChunkReporterPorts {
  readonly append: (draft: CallEventDraft) => void;
  readonly notice: (notice: Notice) => void;
  readonly heard: (speech: HeardSpeech) => void;
  /** The last look at the text: why it may not follow what was heard before, or `null` (GATE66). */
  readonly refuses: (chunk: ChunkRecord) => Refusal | null;
  readonly onRefused: (chunk: ChunkRecord, refusal: Refusal) => void;
  /** What sounded has no more audio. */
  readonly onBrokenOff: (chunk: ChunkRecord) => void;
  /** It never began to sound, and will not. */
  readonly onMissed: (chunk: ChunkRecord) => void;
  readonly onStarted: (chunk: ChunkRecord) => void;
  readonly onDrained: () => void;
}

/** Turns what the belt plays into chunk states, events, and what a simulated caller has heard. */
export class ChunkReporter implements BeltEvents {
  readonly #callId: CallId;
  readonly #ledger: ChunkLedger;
  readonly #ports: ChunkReporterPorts;

  constructor(callId: CallId, ledger: ChunkLedger, ports: ChunkReporterPorts) {
    this.#callId = callId;
    this.#ledger = ledger;
    this.#ports = ports;
  }

  queued(chunkId: ChunkId): void {
    const chunk = this.#ledger.get(chunkId);
    if (!chunk || !this.#ledger.move(chunk, 'queued')) return;
    this.#ports.append({ type: 'chunk.queued', chunkId, durationMs: chunk.durationMs ?? 0 });
  }

  speaking(chunkId: ChunkId): boolean {
    const chunk = this.#ledger.get(chunkId);
    if (chunk?.state !== 'queued') return false;
    const refusal = this.#ports.refuses(chunk);
    if (refusal) {
      this.#ports.onRefused(chunk, refusal);
      return false;
    }
    if (!this.#ledger.move(chunk, 'speaking')) return false;
    this.#ports.append({ type: 'chunk.speaking', chunkId, durationMs: chunk.durationMs ?? 0 });
    this.#ports.onStarted(chunk);
    return true;
  }

  progress(tag: FrameTag, samples: number): void {
    const chunk = this.#ledger.get(tag.chunkId);
    if (!chunk) return;
    chunk.heardSamples = tag.startSample + samples;
    const chars = Math.min(tag.span[1], chunk.text.length);
    if (chars === chunk.heardChars) return;
    chunk.heardChars = chars;
    this.#ports.notice({ type: 'heard', callId: this.#callId, chunkId: tag.chunkId, chars });
    this.#heard(chunk, chunk.text.slice(0, chars), null);
  }

  spoken(chunkId: ChunkId): void {
    const chunk = this.#ledger.get(chunkId);
    if (!chunk || !this.#ledger.move(chunk, 'spoken')) return;
    this.#ports.append({ type: 'chunk.spoken', chunkId, heardMs: chunk.heardSamples / 16 });
    this.#heard(chunk, chunk.text, 'complete');
  }

  brokenOff(chunkId: ChunkId): void {
    const chunk = this.#ledger.get(chunkId);
    if (chunk?.state !== 'speaking') return;
    this.#ports.onBrokenOff(chunk);
    this.cut(chunk);
  }

  missed(chunkId: ChunkId): void {
    const chunk = this.#ledger.get(chunkId);
    if (chunk) this.#ports.onMissed(chunk);
  }

  /** The chunk that sounded was cut; the caller's side is told what came through. */
  cut(chunk: ChunkRecord): void {
    this.#heard(chunk, chunk.text.slice(0, chunk.heardChars), 'cut');
  }

  drained(): void {
    this.#ports.onDrained();
  }

  #heard(chunk: ChunkRecord, text: string, ended: 'complete' | 'cut' | null): void {
    this.#ports.heard({
      speaker: 'ai',
      chunkId: chunk.chunkId,
      text,
      backchannel: chunk.lane === 'A',
      ended,
    });
  }
}
