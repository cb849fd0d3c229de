import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import {
  clientMessageSchema,
  HEARTBEAT_MS,
  MISSED_BEATS,
  PROTOCOL_VERSION,
  type WorkerMessage,
} from '#shared/protocol/stream.ts';
import type { CommandDesk } from './command-desk.ts';
import { EventFeed } from './event-feed.ts';

export interface StreamSocketDeps {
  readonly clock: Clock;
  readonly desk: CallDesk;
  readonly commands: CommandDesk;
  readonly feed: Omit<ConstructorParameters<typeof EventFeed>[0], 'orgId'>;
}

/** Serves one client of `/api/stream` until it goes: events down, commands up, heartbeats both ways (API20-API29). */
export function serveStream(socket: WebSocket, actor: Actor, deps: StreamSocketDeps): void {
  const { clock, desk, commands } = deps;
  const send = (message: WorkerMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const refuse = (error: AppError): void => send({ type: 'refused', error: error.body });
  const feed = new EventFeed(
    { ...deps.feed, orgId: actor.orgId },
    { send, bufferedBytes: () => socket.bufferedAmount },
  );
  let lastHeardMono = clock.mono();
  let beatTimer: Cancel | null = null;

  const beat = (): void => {
    if (clock.mono() - lastHeardMono > HEARTBEAT_MS * MISSED_BEATS) {
      // Silence is as good as a closed socket: the other side may be gone for good.
      socket.terminate();
      return;
    }
    send({ type: 'beat', workerMonoMs: clock.mono() });
    beatTimer = clock.after(HEARTBEAT_MS, beat);
  };
  beat();

  socket.on('message', (data, isBinary) => {
    lastHeardMono = clock.mono();
    const message = isBinary ? null : parseJson((data as Buffer).toString('utf8'));
    const parsed = clientMessageSchema.safeParse(message);
    if (!parsed.success) {
      refuse(appError('input.invalid', 'The message is not understood; see the protocol.'));
      return;
    }
    switch (parsed.data.type) {
      case 'beat':
        desk.beat(actor);
        return;
      case 'subscribe':
        if (parsed.data.protocol !== PROTOCOL_VERSION) {
          refuse(
            appError(
              'input.invalid',
              `This worker speaks version ${String(PROTOCOL_VERSION)} of the protocol. Update the older side.`,
            ),
          );
          return;
        }
        void feed.start(parsed.data.after);
        return;
      case 'command': {
        const { type: _type, ...command } = parsed.data;
        void commands
          .answer(command, actor)
          .then(answer => send({ type: 'answer', commandId: command.commandId, answer }));
        return;
      }
    }
  });
  socket.on('close', () => {
    beatTimer?.();
    feed.stop();
  });
  socket.on('error', () => socket.terminate());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
