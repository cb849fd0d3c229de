import type { WebSocket } from 'ws';
import type { MediaPlane } from '#shared/adapters/media-plane.ts';
import { decodeAudioFrame, encodeAudioFrame } from '#shared/protocol/audio-frame.ts';
import { toErrorBody } from '#shared/errors/app-error.ts';
import type { AudioGrant } from './audio-grants.ts';

/** Audio that a listener has not taken yet: more than this is late anyway, and is left out instead of piling up. */
const MAX_BUFFERED_BYTES = 32 * 1024;
/** Code of a WebSocket that was refused for a reason in words. */
const POLICY_VIOLATION = 1008;

/** Sends what the person may hear until the socket or the call ends. A listener that cannot keep up loses frames, not time. */
export function serveListener(socket: WebSocket, grant: AudioGrant, media: MediaPlane): void {
  try {
    const handle = media.listen(
      grant.callId,
      grant.actor.userId,
      frame => {
        if (socket.readyState === socket.OPEN && socket.bufferedAmount <= MAX_BUFFERED_BYTES)
          socket.send(encodeAudioFrame(frame));
      },
      () => socket.close(1000, 'call-ended'),
    );
    socket.on('close', () => handle.close());
    socket.on('error', () => socket.terminate());
  } catch (error) {
    socket.close(POLICY_VIOLATION, toErrorBody(error, 'worker').code);
  }
}

/** Takes the person's microphone. What the matrix gives to nobody is dropped and counted by the media plane. */
export function serveMicrophone(
  socket: WebSocket,
  grant: AudioGrant,
  media: MediaPlane,
  onClosed: (droppedFrames: number, malformedFrames: number) => void,
): void {
  try {
    const microphone = media.openMicrophone(
      grant.callId,
      grant.actor.userId,
      grant.direction === 'coach' ? 'whisper' : 'line',
    );
    let malformedFrames = 0;
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      const frame = isBinary ? decodeAudioFrame(new Uint8Array(bytes).buffer) : null;
      if (frame) microphone.push(frame.samples);
      else malformedFrames += 1;
    });
    socket.on('close', () => {
      microphone.close();
      onClosed(microphone.droppedFrames, malformedFrames);
    });
    socket.on('error', () => socket.terminate());
  } catch (error) {
    socket.close(POLICY_VIOLATION, toErrorBody(error, 'worker').code);
  }
}
