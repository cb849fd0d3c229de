import { z } from 'zod';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { ConsoleSocket } from './console-socket.ts';
import type { createRouter } from './router.ts';

const id = z.string().min(1).max(64);

/** What a console sends over `/desk`; it chooses the ids. */
const upSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), id, name: z.unknown(), args: z.unknown() }),
  z.object({ kind: z.literal('open'), id, name: z.literal('floor'), args: z.unknown() }),
  z.object({ kind: z.literal('close'), id }),
]);

/** Data a console may leave unread; beyond it the console is dropped and comes back with a snapshot. */
const SLOW_CONSOLE_BYTES = 8 * 1024 * 1024;

/** Serves one console: commands, notices and the floor stream, until it goes (IPC14-IPC17). */
export function serveDesk(
  socket: ConsoleSocket,
  core: DeskCore,
  route: ReturnType<typeof createRouter>,
): void {
  const streams = new Map<string, () => void>();
  /** Largest message since the console had taken everything: one that is long is no sign of a slow reader. */
  let largestBytes = 0;
  const send = (message: unknown): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount === 0) largestBytes = 0;
    if (socket.bufferedAmount > SLOW_CONSOLE_BYTES + largestBytes) {
      socket.terminate();
      return;
    }
    const text = JSON.stringify(message);
    largestBytes = Math.max(largestBytes, text.length);
    socket.send(text);
  };
  const stopLink = core.onLink(notice => send({ kind: 'notice', name: 'link-changed', notice }));
  const stopNotices = core.onNotice(told => send({ kind: 'notice', ...told }));

  socket.on('message', (data, isBinary) => {
    const parsed = isBinary ? null : upSchema.safeParse(parseJson((data as Buffer).toString('utf8')));
    if (!parsed?.success) {
      send({ kind: 'refused', code: 'input.invalid' });
      return;
    }
    const message = parsed.data;
    switch (message.kind) {
      case 'run':
        void route(message.name, message.args).then(answer =>
          send({ kind: 'answer', id: message.id, answer }),
        );
        return;
      case 'open':
        streams.get(message.id)?.();
        streams.set(
          message.id,
          core.follow(update => send({ kind: 'stream', id: message.id, message: update })),
        );
        return;
      case 'close':
        streams.get(message.id)?.();
        streams.delete(message.id);
        return;
    }
  });
  socket.on('close', () => {
    stopLink();
    stopNotices();
    for (const stop of streams.values()) stop();
  });
  socket.on('error', () => socket.terminate());
}

const audioQuerySchema = z.object({
  stream: z.enum(['listen', 'microphone']),
  callId: z.string().min(1).max(64),
});
/** Audio the console has not taken yet: older frames are late and are left out. */
const MAX_BUFFERED_BYTES = 32 * 1024;

/** Carries one audio stream between console and worker, frame by frame, without queueing. */
export function serveAudio(socket: ConsoleSocket, core: DeskCore, query: unknown): void {
  const parsed = audioQuerySchema.safeParse(query);
  if (!parsed.success) {
    socket.close(1008, 'input.invalid');
    return;
  }
  const { stream, callId } = parsed.data;
  try {
    const link = core.openAudio(stream, callId, {
      onFrame: frame => {
        if (socket.readyState === socket.OPEN && socket.bufferedAmount <= MAX_BUFFERED_BYTES)
          socket.send(frame);
      },
      onClosed: error => socket.close(error ? 1008 : 1000, error?.code ?? 'closed'),
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) link.send(data as Buffer);
    });
    socket.on('close', () => link.close());
    socket.on('error', () => socket.terminate());
  } catch {
    socket.close(1008, 'worker.unreachable');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
