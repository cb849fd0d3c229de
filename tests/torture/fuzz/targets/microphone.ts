import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { MediaPlane } from '#shared/adapters/media-plane.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import { LOCAL_ADMIN } from '#worker/control/demo-people.ts';
import { serveMicrophone } from '#worker/control/audio-sockets.ts';
import { decodeAudioFrame, encodeAudioFrame } from '#shared/protocol/audio-frame.ts';
import { BENCH_CALL } from '../../control-bench.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { textOf } from '../inputs.ts';

const FRAME = new Uint8Array(
  encodeAudioFrame({ sequence: 1, sampleIndex: 320, samples: new Int16Array(FRAME_SAMPLES).fill(100) }),
);

/** Frames of a person's microphone: what is no frame is counted and dropped, and frames after it still pass. */
export const microphoneTarget: FuzzTarget = {
  name: 'microphone',
  seeds: [Buffer.from(FRAME).toString('latin1')],
  open() {
    let pushed = 0;
    let malformed = -1;
    const media = {
      openMicrophone: () => ({
        push: (samples: Int16Array) => {
          if (samples.length !== FRAME_SAMPLES) throw new Error('a frame of another length came through');
          pushed += 1;
        },
        close: () => undefined,
        droppedFrames: 0,
      }),
    } as unknown as MediaPlane;
    const begin = (): EventEmitter => {
      const socket = new EventEmitter();
      const grant = {
        actor: LOCAL_ADMIN,
        callId: BENCH_CALL,
        direction: 'microphone',
        expiresAtMono: 0,
      } as const;
      serveMicrophone(socket as unknown as WebSocket, grant, media, (_dropped, found) => (malformed = found));
      return socket;
    };
    return Promise.resolve({
      feed(input) {
        // Bytes as they are; text and values carry one byte in each character, as the good frame does.
        const bytes =
          input.kind === 'bytes' ? Buffer.from(input.bytes) : Buffer.from(textOf(input), 'latin1');
        const before = pushed;
        const socket = begin();
        socket.emit('message', bytes, input.kind !== 'text');
        socket.emit('close');
        const isFrame = input.kind !== 'text' && decodeAudioFrame(new Uint8Array(bytes).buffer) !== null;
        if (pushed !== before + (isFrame ? 1 : 0)) throw new Error('what is no frame was played');
        if (malformed !== (isFrame ? 0 : 1)) throw new Error('it was not counted');
        return isFrame ? 'ok' : 'ignored';
      },
      good() {
        const before = pushed;
        const socket = begin();
        socket.emit('message', Buffer.from(FRAME), true);
        socket.emit('close');
        if (pushed !== before + 1) throw new Error('a good frame was dropped');
      },
      close: () => undefined,
    });
  },
};
