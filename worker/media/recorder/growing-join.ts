import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { CallId } from '#shared/domain/ids.ts';
import { OggWriter, preSkipOf, readPages, samplesOf, silenceOf, type OpusPacket } from './ogg-opus.ts';
import { joiningFile, recordingFile } from './recording-files.ts';

/** Opus counts in 48 kHz, whatever was recorded. */
const SAMPLES_PER_MS = 48;
const READ_BYTES = 1 << 18;
/** The encoder of a process that was killed closes its file within this. */
export const QUIET_MS = 2000;

export interface GrowingJoin {
  /** Appends what there is of the parts now; the file only grows. */
  readonly extend: (nowMs: number, isEnded: boolean) => Promise<void>;
  /** Whether anything is in it. */
  readonly isBegun: () => boolean;
  /** False where a part was left behind that its encoder had not closed: it may have been written on. */
  readonly isCertain: () => boolean;
}

/**
 * One recording of the parts of a call, while they are still written: packets as they were encoded, each part at its time, with silence
 * between. Nothing is decoded, and each byte of a part is read once. One `extend` at a time; after one that has failed the whole is
 * begun anew. Rejects with `storage.failed`.
 *
 * @param startsAtMs when each part began; the first is the beginning of the whole, also where its file is missing
 */
export function growingJoin(
  folder: string,
  callId: CallId,
  startsAtMs: () => readonly number[],
): GrowingJoin {
  const writer = new OggWriter();
  let part = 1;
  let reader: PartReader | null = null;
  let preSkip: number | null = null;
  let isCertain = true;

  /** What is new in the part, with what comes before it. */
  const take = async (of: PartReader, offsetMs: number): Promise<readonly Uint8Array[]> => {
    const bytes: Uint8Array[] = [];
    for (let packets = await of.next(); packets !== null; packets = await of.next()) {
      if (preSkip === null) {
        preSkip = preSkipOf(of.head);
        bytes.push(writer.head(of.head, of.tags));
      }
      let kept = packets;
      if (of.isAtStart) {
        of.isAtStart = false;
        // What a stream begins with is not to be heard, so that it begins earlier by that much than it is heard.
        const gap = offsetMs * SAMPLES_PER_MS + preSkip - preSkipOf(of.head) - writer.samples;
        if (gap > 0) bytes.push(writer.packets(silenceOf(gap)));
        else of.skip = -gap;
      }
      // Clocks of two processes: what would sound twice is left out.
      kept = kept.filter(({ samples }) => {
        if (of.skip < samples / 2) return true;
        of.skip -= samples;
        return false;
      });
      bytes.push(writer.packets(kept));
    }
    return bytes;
  };

  return {
    isBegun: () => preSkip !== null,
    isCertain: () => isCertain,
    async extend(nowMs, isEnded) {
      const starts = startsAtMs();
      const file = await open(joiningFile(folder, callId), preSkip === null ? 'w' : 'a');
      try {
        for (; part <= starts.length; part += 1, reader = null) {
          const name = recordingFile(folder, callId, part);
          const stat = statSync(name, { throwIfNoEntry: false });
          const isLast = part === starts.length;
          // An encoder that was killed at once has left nothing.
          if (stat && stat.size > 0) {
            reader ??= new PartReader(name);
            const offsetMs = (starts[part - 1] ?? 0) - (starts[0] ?? 0);
            for (const bytes of await take(reader, offsetMs)) await file.appendFile(bytes);
          }
          const isOver = reader?.isClosed === true || nowMs - (stat?.mtimeMs ?? 0) >= QUIET_MS;
          if (!isEnded && (isLast || !isOver)) return;
          if (!isEnded && reader?.isClosed !== true) isCertain = false;
        }
        if (!isEnded) return;
        await file.appendFile(writer.end());
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** Reads the packets of a file that may still be written. */
class PartReader {
  readonly #file: string;
  #at = 0;
  #rest: Uint8Array = new Uint8Array();
  #begun: Uint8Array = new Uint8Array();
  #headers: Uint8Array[] = [];
  #pages: (readonly Uint8Array[])[] = [];
  isClosed = false;
  isAtStart = true;
  /** Samples that are left out. */
  skip = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get head(): Uint8Array {
    return this.#headers[0] ?? new Uint8Array();
  }

  get tags(): Uint8Array {
    return this.#headers[1] ?? new Uint8Array();
  }

  /** The packets of the next page, as they were put together; null when there is none now. */
  async next(): Promise<readonly OpusPacket[] | null> {
    for (;;) {
      const page = this.#pages.shift();
      if (page === undefined && !(await this.#read())) return null;
      const packets = (page ?? []).filter(({ length }) => length > 0);
      this.#headers.push(...packets.splice(0, Math.max(0, 2 - this.#headers.length)));
      if (packets.length > 0) return packets.map(bytes => ({ bytes, samples: samplesOf(bytes) }));
    }
  }

  /** @returns false when there is nothing more now */
  async #read(): Promise<boolean> {
    const file = await open(this.#file);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, this.#at);
      this.#at += bytesRead;
      const { pages, rest, begun, isClosed } = readPages(
        Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]),
        this.#begun,
      );
      this.#pages.push(...pages);
      this.#rest = rest;
      this.#begun = begun;
      this.isClosed ||= isClosed;
      return bytesRead > 0;
    } finally {
      await file.close();
    }
  }
}
