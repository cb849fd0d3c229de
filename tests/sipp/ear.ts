import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fromUlaw } from './ulaw.ts';

const RTP_HEADER_BYTES = 12;
const PCMU = 0;
/** As SIPp sends keys, whatever the two sides agree on. */
const TELEPHONE_EVENT = 96;
const KEYS = '0123456789*#ABCD';

/** Where a phone's audio goes: what was heard there, as 16 kHz, and which keys. */
export interface Ear {
  readonly port: number;
  readonly heard: () => readonly Int16Array[];
  readonly keys: () => string;
  close(): void;
}

export async function openEar(): Promise<Ear> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const frames: Int16Array[] = [];
  const keys: string[] = [];
  let lastKeyAt = -1;
  socket.on('message', packet => {
    const type = (packet[1] ?? 0) & 0x7f;
    const payload = packet.subarray(RTP_HEADER_BYTES);
    if (type === PCMU) {
      // Every sample twice: the tones are measured at 16 kHz.
      frames.push(
        Int16Array.from({ length: payload.length * 2 }, (_, at) => fromUlaw(payload[at >> 1] ?? 0)),
      );
      if (frames.length > 50) frames.shift();
    }
    // All packets of one key have one timestamp.
    const at = packet.readUInt32BE(4);
    if (type === TELEPHONE_EVENT && at !== lastKeyAt) {
      lastKeyAt = at;
      keys.push(KEYS[payload[0] ?? 0] ?? '?');
    }
  });
  return {
    port: socket.address().port,
    heard: () => frames,
    keys: () => keys.join(''),
    close: () => socket.close(),
  };
}
