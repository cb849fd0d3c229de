import WebSocket from 'ws';
import { AppError, appError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import { AUDIO_FRAME_BYTES } from '#shared/protocol/audio-frame.ts';
import type { AudioDirection } from '#shared/protocol/audio-grant.ts';
import type { WorkerAddress } from './worker-link.ts';
import { WorkerApi } from './worker-api.ts';

/** One audio stream between the desk and its worker. */
export interface AudioLink {
  /** One whole frame; anything else is dropped. */
  send(frame: Uint8Array): void;
  close(): void;
}

export interface AudioLinkEvents {
  onFrame(frame: Uint8Array): void;
  /** Called once, whoever closed. */
  onClosed(error: ErrorBody | null): void;
}

/** Frames of the microphone that may wait for the worker: 200 ms; what is older is late. */
const MAX_BUFFERED_BYTES = AUDIO_FRAME_BYTES * 10;

/** Gets a grant for the stream and opens it. Refusals arrive as `onClosed` with the worker's error. */
export function openAudio(
  address: WorkerAddress,
  direction: AudioDirection,
  callId: string,
  events: AudioLinkEvents,
): AudioLink {
  let socket: WebSocket | null = null;
  let closed = false;
  const finish = (error: ErrorBody | null): void => {
    if (closed) return;
    closed = true;
    events.onClosed(error);
  };
  new WorkerApi(address.url, address.token)
    .audioGrant(callId, direction)
    .then(grant => {
      if (closed) return;
      if (grant.via !== 'worker') throw appError('media.refused', 'This call is heard in its room.');
      const opened = new WebSocket(
        `${address.url.replace(/^http/u, 'ws')}/api/audio/${direction}?grant=${encodeURIComponent(grant.grant)}`,
      );
      socket = opened;
      opened.binaryType = 'nodebuffer';
      opened.on('message', (data, isBinary) => {
        if (isBinary) events.onFrame(data as Buffer);
      });
      opened.on('error', () => undefined);
      opened.on('close', (code, reason) => {
        const refused = code === 1008;
        finish(
          refused
            ? {
                code: 'grant.invalid',
                message: `The stream was refused: ${String(reason)}`,
                retryable: true,
                origin: 'worker',
              }
            : null,
        );
      });
    })
    .catch((error: unknown) => finish(AppError.is(error) ? error.body : toErrorBody(error, 'electron')));
  return {
    send: frame => {
      if (
        frame.byteLength !== AUDIO_FRAME_BYTES ||
        socket?.readyState !== WebSocket.OPEN ||
        socket.bufferedAmount > MAX_BUFFERED_BYTES
      )
        return;
      socket.send(frame);
    },
    close: () => {
      finish(null);
      socket?.close();
    },
  };
}
