import type { DeskStream, StreamHandlers } from '#shared/ipc/streams.ts';
import type { AudioDirection } from '#shared/protocol/audio-grant.ts';
import { streams } from '#shared/ipc/streams.ts';
import { RETRY, type BridgeHost, type BridgeSocket } from './bridge-host.ts';

/** Audio that waits for a socket longer than this is of no use to anybody. */
const UNSENT_BYTES_MAX = 64 * 1024;

/**
 * One binary WebSocket per audio stream: each message is one frame. A lost socket is opened again until somebody closes
 * the stream or the desk says that it is over.
 */
export function openAudioStream(
  host: BridgeHost,
  name: AudioDirection,
  callId: string,
  handlers: StreamHandlers<'listen'>,
): DeskStream {
  let over = false;
  let attempt = 0;
  let socket: BridgeSocket | null = null;
  let cancelRetry = (): void => undefined;

  const finish = (): void => {
    if (over) return;
    over = true;
    cancelRetry();
    socket?.close();
    handlers.onClose();
  };
  const connect = (): void => {
    const query = new URLSearchParams({ stream: name, callId });
    const current = host.connect(`/desk/audio?${query.toString()}`);
    socket = current;
    current.onopen = () => {
      attempt = 0;
    };
    current.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (over) return;
      if (data instanceof ArrayBuffer) handlers.onAudio?.(data);
      else if (typeof data === 'string' && handleText(data, handlers)) finish();
    };
    current.onclose = () => {
      if (over) return;
      attempt += 1;
      cancelRetry = host.after(Math.min(RETRY.maxMs, RETRY.firstMs * 2 ** (attempt - 1)), connect);
    };
  };
  connect();
  return {
    sendAudio: frame => {
      if (socket?.readyState === 1 && socket.bufferedAmount < UNSENT_BYTES_MAX) socket.send(frame);
    },
    close: finish,
  };
}

/** @returns whether the desk said that the stream is over */
function handleText(text: string, handlers: StreamHandlers<'listen'>): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  const parsed = streams.listen.down.safeParse(value);
  if (!parsed.success) return false;
  handlers.onMessage(parsed.data);
  return true;
}
