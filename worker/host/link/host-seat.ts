import { WebSocket } from 'ws';
import type { Journal } from '#shared/adapters/journal.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { AppError, appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { CommandResult } from '#shared/protocol/supervision.ts';
import type { ProcessLoad } from '#worker/metrics/process-load.ts';
import { textOf } from './control-link.ts';
import { EMPTY_INBOX, stepInbox } from './inbox.ts';
import {
  BEAT_EVERY_MS,
  DEAD_AFTER_MS,
  HOST_SERVICES,
  hostMessageSchema,
  type ControlMessage,
  type HostMessage,
  type HostService,
} from './link-messages.ts';

/** Entries are confirmed together: each confirmation closes a group of the log. */
const ACK_EVERY_MS = 200;

export type Services = Readonly<Record<HostService, unknown>>;

export interface HostSeatDeps {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly services: Services;
  /** Told before the event is in the journal, so that whoever reads it there finds its call. */
  readonly onEvent: (event: CallEvent) => void;
  readonly onNotice: (notice: Notice) => void;
  readonly onLoad: (load: ProcessLoad) => void;
  readonly onRoomLeft: (roomName: string) => void;
  /** The socket is closed, or nothing came for three beats, or what came was no message of ours. Called once. */
  readonly onDead: (reason: string) => void;
}

/** Control's side of the link to one host. */
export interface HostSeat {
  run(message: Omit<Extract<ControlMessage, { type: 'command' }>, 'type' | 'id'>): Promise<CommandResult>;
  send(message: ControlMessage): void;
  close(): void;
}

/** Seats a host that has shown its secret. */
export function seatHost(socket: WebSocket, deps: HostSeatDeps): HostSeat {
  const { clock, journal, onEvent, onDead } = deps;
  const running = new Map<number, PromiseWithResolvers<CommandResult>>();
  let inbox = EMPTY_INBOX;
  let nextId = 0;
  let missedBeats = 0;
  let isOver = false;
  let acking: Cancel | null = null;

  const send = (message: ControlMessage): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const over = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    acking?.();
    socket.terminate();
    const gone = appError('worker.unreachable', 'The call moves to another host. Try again.', {
      retryable: true,
    });
    for (const command of running.values()) command.reject(gone);
    onDead(reason);
  };
  const acknowledge = (): void => {
    acking = null;
    const { position } = inbox;
    void journal.durable(journal.head).then(() => send({ type: 'ack', position }));
  };
  const onEvents = ({ after, entries }: Extract<HostMessage, { type: 'events' }>): void => {
    const step = stepInbox(inbox, after, entries);
    inbox = step.inbox;
    for (const { event } of step.accepted) {
      onEvent(event);
      journal.append(event);
    }
    if (step.missingAfter !== null) send({ type: 'send.after', position: step.missingAfter });
    if (step.accepted.length > 0) acking ??= clock.after(ACK_EVERY_MS, acknowledge);
  };
  const onMessage = (message: HostMessage): void => {
    missedBeats = 0;
    switch (message.type) {
      case 'beat':
        return;
      case 'events':
        onEvents(message);
        return;
      case 'notice':
        deps.onNotice(message.notice);
        return;
      case 'load':
        deps.onLoad(message.load);
        return;
      case 'ask':
        void answer(deps.services, message).then(send);
        return;
      case 'command.done': {
        const command = running.get(message.id);
        running.delete(message.id);
        if (message.ok) command?.resolve(message.value);
        else command?.reject(new AppError(message.error));
        return;
      }
      case 'room.left':
        deps.onRoomLeft(message.roomName);
        return;
    }
  };

  socket.on('error', error => over(error.message));
  socket.on('close', () => over('its connection was closed'));
  socket.on('message', data => {
    if (isOver) return;
    const parsed = hostMessageSchema.safeParse(parseJson(textOf(data)));
    if (parsed.success) onMessage(parsed.data);
    else over(`it said what is no message: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
  });
  // Own ticks are counted, not time: after a pause of this process everything that came meanwhile is read first.
  const watch = (): void => {
    if (isOver) return;
    missedBeats += 1;
    if (missedBeats > DEAD_AFTER_MS / BEAT_EVERY_MS) return over('it was silent for three beats');
    send({ type: 'beat' });
    clock.after(BEAT_EVERY_MS, watch);
  };
  watch();
  send({ type: 'send.after', position: inbox.position });

  return {
    run: request => {
      if (isOver) return Promise.reject(appError('call.unknown', 'This call is not running here.'));
      const answered = Promise.withResolvers<CommandResult>();
      const id = nextId++;
      running.set(id, answered);
      send({ type: 'command', id, ...request });
      return answered.promise;
    },
    send,
    close: () => {
      isOver = true;
      acking?.();
      socket.close();
    },
  };
}

async function answer(
  services: Services,
  { id, service, method, args }: Extract<HostMessage, { type: 'ask' }>,
): Promise<ControlMessage> {
  try {
    if (!(HOST_SERVICES[service] as readonly string[]).includes(method))
      throw appError('protocol.unknown', 'There is no such service.');
    const role = services[service] as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
    return { type: 'reply', id, ok: true, value: (await role[method]?.(...args)) ?? null };
  } catch (error) {
    return { type: 'reply', id, ok: false, error: toErrorBody(error, 'worker') };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
