import { appError } from '#shared/errors/app-error.ts';

/**
 * As much of Ogg (RFC 3533) and Opus (RFC 6716, RFC 7845) as it takes to put recordings of one encoder behind each other without
 * decoding them. Positions count samples at 48 kHz, whatever was recorded.
 */
export interface OpusPacket {
  readonly bytes: Uint8Array;
  readonly samples: number;
}

export interface ReadPages {
  /** The packets that end in each page. */
  readonly pages: readonly (readonly Uint8Array[])[];
  /** What the next bytes go on with: a page that is not complete yet. */
  readonly rest: Uint8Array;
  /** A packet that goes on in the next page. */
  readonly begun: Uint8Array;
  /** The encoder has closed the stream. */
  readonly isClosed: boolean;
}

const HEADER_BYTES = 27;
const CAPTURE = Buffer.from('OggS');
const [FIRST, LAST] = [2, 4];
const MOST_SEGMENTS = 255;
const NOTHING = new Uint8Array();

/** Takes every complete page. Throws `storage.failed` where there is none. @param begun of the pages before */
export function readPages(bytes: Uint8Array, begun: Uint8Array): ReadPages {
  const pages: Uint8Array[][] = [];
  let open = begun;
  let isClosed = false;
  let at = 0;
  while (at < bytes.length) {
    const start = Math.min(CAPTURE.length, bytes.length - at);
    if (CAPTURE.compare(bytes, at, at + start, 0, start) !== 0)
      throw appError('storage.failed', 'A part of a recording cannot be read.');
    const segments = bytes[at + HEADER_BYTES - 1] ?? 0;
    const table = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + segments);
    const body = at + HEADER_BYTES + segments;
    const end = body + table.reduce((sum, length) => sum + length, 0);
    if (bytes.length < at + HEADER_BYTES || table.length < segments || bytes.length < end) break;
    const packets: Uint8Array[] = [];
    let from = body;
    let until = body;
    for (const length of table) {
      until += length;
      if (length === MOST_SEGMENTS) continue;
      packets.push(
        open.length > 0 ? Buffer.concat([open, bytes.subarray(from, until)]) : bytes.slice(from, until),
      );
      open = NOTHING;
      from = until;
    }
    if (from < until) open = Buffer.concat([open, bytes.subarray(from, until)]);
    pages.push(packets);
    isClosed ||= ((bytes[at + 5] ?? 0) & LAST) !== 0;
    at = end;
  }
  return { pages, rest: bytes.slice(at), begun: open, isClosed };
}

/** Frames of 10, 20, 40, 60 ms (SILK), 10, 20 ms (hybrid) or 2.5, 5, 10, 20 ms (CELT), RFC 6716 table 2. */
export function samplesOf(packet: Uint8Array): number {
  const config = (packet[0] ?? 0) >> 3;
  const frame =
    config < 12
      ? ([480, 960, 1920, 2880][config & 3] ?? 0)
      : config < 16
        ? 480 << (config & 1)
        : 120 << (config & 3);
  const code = (packet[0] ?? 0) & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  return frame * frames;
}

/** Samples at the beginning of a stream that are not to be heard. */
export const preSkipOf = (head: Uint8Array): number => Buffer.from(head).readUInt16LE(10);

/** Stereo silence, as CELT says it in two bytes: 20 ms, and 2.5 ms. */
const SILENCE: OpusPacket = { bytes: Uint8Array.of(0xfc, 0xff, 0xfe), samples: 960 };
const SHORT_SILENCE: OpusPacket = { bytes: Uint8Array.of(0xe4, 0xff, 0xfe), samples: 120 };

/** Packets of silence that last this long, to 2.5 ms. */
export function silenceOf(samples: number): readonly OpusPacket[] {
  const rest = samples % SILENCE.samples;
  return [
    ...Array.from({ length: Math.floor(samples / SILENCE.samples) }, () => SILENCE),
    ...Array.from({ length: Math.floor(rest / SHORT_SILENCE.samples) }, () => SHORT_SILENCE),
  ];
}

/** Writes one logical stream; the same packets make the same bytes. */
export class OggWriter {
  #sequence = 0;
  #samples = 0;

  /** Where the next packet begins. */
  get samples(): number {
    return this.#samples;
  }

  head(head: Uint8Array, tags: Uint8Array): Uint8Array {
    return Buffer.concat([this.#page([head], FIRST), this.#page([tags], 0)]);
  }

  /** 1 s and more in a page would make a player that seeks come down far away. */
  packets(packets: readonly OpusPacket[]): Uint8Array {
    const pages: Uint8Array[] = [];
    for (let from = 0; from < packets.length; from += 25) {
      const together = packets.slice(from, from + 25);
      for (const { samples } of together) this.#samples += samples;
      pages.push(
        this.#page(
          together.map(({ bytes }) => bytes),
          0,
        ),
      );
    }
    return Buffer.concat(pages);
  }

  end(): Uint8Array {
    return this.#page([], LAST);
  }

  #page(packets: readonly Uint8Array[], flags: number): Uint8Array {
    const table = packets.flatMap(({ length }) => [
      ...Array.from({ length: Math.floor(length / MOST_SEGMENTS) }, () => MOST_SEGMENTS),
      length % MOST_SEGMENTS,
    ]);
    if (table.length > MOST_SEGMENTS)
      throw appError('storage.failed', 'A packet of a recording is too long.');
    const header = Buffer.alloc(HEADER_BYTES);
    CAPTURE.copy(header);
    header[5] = flags;
    header.writeBigInt64LE(BigInt(this.#samples), 6);
    header.writeUInt32LE(1, 14);
    header.writeUInt32LE(this.#sequence++, 18);
    header[HEADER_BYTES - 1] = table.length;
    const page = Buffer.concat([header, Uint8Array.from(table), ...packets]);
    page.writeUInt32LE(checksum(page), 22);
    return page;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** RFC 3533 chapter 6: from zero, nothing reflected, with the field itself as zero. */
function checksum(page: Uint8Array): number {
  let crc = 0;
  for (const byte of page) crc = ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  return crc;
}
