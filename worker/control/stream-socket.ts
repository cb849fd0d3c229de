import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError, type AppError, type ErrorBody } from '#shared/errors/app-error.ts';
import {
  clientMessageSchema,
  HEARTBEAT_MS,
  MAX_CLIENT_MESSAGE_BYTES,
  MISSED_BEATS,
  PROTOCOL_VERSION,
  type WorkerMessage,
} from '#shared/protocol/stream.ts';
import type { CommandDesk } from './command-desk.ts';
import { EventFeed, SLOW_READER_BYTES } from './event-feed.ts';
import type { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import type { WorkerHealth } from './worker-health.ts';

/** Answers that a client may leave unread on top of a full feed; then it is no reader at all (DAY22). */
const DEAF_READER_BYTES = 3 * SLOW_READER_BYTES;

export interface StreamSocketDeps {
  readonly clock: Clock;
  readonly desk: CallDesk;
  readonly commands: CommandDesk;
  readonly health: WorkerHealth;
  /** Absent where there is no knowledge. */
  readonly knowledge?: Pick<KnowledgeWatch, 'version' | 'onVersion'>;
  readonly feed: Omit<ConstructorParameters<typeof EventFeed>[0], 'orgId' | 'userId'>;
}

/** Serves one client of `/api/stream` until it goes: events down, commands up, heartbeats both ways (API20-API29). */
export function serveStream(socket: WebSocket, actor: Actor, deps: StreamSocketDeps): void {
  const { clock, desk, commands } = deps;
  const send = (message: WorkerMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    // Events wait for a reader that is slow; what is left here are answers to one that asks and never reads.
    if (socket.bufferedAmount > DEAF_READER_BYTES) socket.terminate();
    else socket.send(JSON.stringify(message));
  };
  const tellHealth = (problem: ErrorBody | null): void => send({ type: 'health', problem });
  const tellKnowledge = (version: number): void => send({ type: 'knowledge', version });
  const refuse = (error: AppError): void => send({ type: 'refused', error: error.body });
  const feed = new EventFeed(
    { ...deps.feed, orgId: actor.orgId, userId: actor.userId },
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
  const stopHealth = deps.health.onChange(tellHealth);
  const stopKnowledge = deps.knowledge?.onVersion((orgId, version) => {
    if (orgId === actor.orgId) tellKnowledge(version);
  });

  socket.on('message', (data, isBinary) => {
    lastHeardMono = clock.mono();
    if ((data as Buffer).length > MAX_CLIENT_MESSAGE_BYTES) {
      refuse(appError('input.too-large', 'The message is larger than 64 KiB. It was not carried out.'));
      return;
    }
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
        void feed.start(parsed.data.after).then(() => {
          tellHealth(deps.health.problem);
          if (deps.knowledge) tellKnowledge(deps.knowledge.version(actor.orgId));
        });
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
    stopHealth();
    stopKnowledge?.();
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
