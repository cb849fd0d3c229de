import { WebSocket, type RawData } from 'ws';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { LeaseBook } from '#shared/adapters/lease-book.ts';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { AppError, appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { CommandResult } from '#shared/protocol/supervision.ts';
import type { DialPermit } from '#worker/livekit/dial-permits.ts';
import type { ProcessLoad } from '#worker/metrics/process-load.ts';
import type { Store } from '#worker/store/store.ts';
import type { ClaimAnswer } from '../call-claims.ts';
import {
  BEAT_EVERY_MS,
  controlMessageSchema,
  HOST_SERVICES,
  type ControlMessage,
  type HostMessage,
  type HostService,
} from './link-messages.ts';
import { emptyOutbox, stepOutbox, type OutboxInput } from './outbox.ts';

/** What control wants of a host, beside what the link answers by itself. */
export interface HostActions {
  run(command: Extract<ControlMessage, { type: 'command' }>): Promise<CommandResult>;
  /** Everything else that is said to the calls. */
  tell(message: Extract<ControlMessage, { type: 'person' | 'append' | 'rotate-knowledge' | 'drain' }>): void;
}

export interface ControlLinkOptions {
  /** `ws:` on loopback. */
  readonly url: string;
  /** The host's own, from whoever started it. */
  readonly secret: string;
  readonly clock: Clock;
  /** Position of the newest entry of this host's log. */
  readonly head: number;
  /** Control has everything up to here on its disk. */
  readonly onAcked: (position: number) => void;
  /** The link is gone, and with it the right to carry calls: another host may have them already. Called once. */
  readonly onLost: () => void;
}

/** The link of a host to control: its log up, what control does for it, and commands down. */
export interface ControlLink {
  /** From now on control may ask for things. */
  serve(actions: HostActions): void;
  /** Every entry of the host's log, in order. */
  entry(entry: JournalEntry): void;
  notice(notice: Notice): void;
  /** How this process is, for the figures. */
  load(load: ProcessLoad): void;
  roomLeft(roomName: string): void;
  /** Asked before a room is joined: one call, one host. */
  claim(roomName: string, callId: CallId | null): Promise<ClaimAnswer>;
  readonly leases: LeaseBook;
  readonly tickets: TicketBook;
  readonly audit: Pick<Store, 'recordAccess'>;
  readonly dials: DialPermit;
  close(): void;
}

/** Rejects with `worker.unreachable` when control does not take the host. */
export async function connectToControl(options: ControlLinkOptions): Promise<ControlLink> {
  const { url, secret, clock, onAcked, onLost } = options;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${secret}` } });
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  const early: ControlMessage[] = [];
  let actions: HostActions | null = null;
  let outbox = emptyOutbox(options.head);
  /** Entries control has not confirmed, oldest first. */
  let unconfirmed: JournalEntry[] = [];
  let nextId = 0;
  let isClosed = false;

  const send = (message: HostMessage): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const step = (input: OutboxInput): void => {
    const stepped = stepOutbox(outbox, input);
    outbox = stepped.outbox;
    if (stepped.send) {
      const { after, through } = stepped.send;
      const entries = unconfirmed.filter(({ position }) => position > after && position <= through);
      send({ type: 'events', after, entries });
    }
    if (stepped.forget === null) return;
    unconfirmed = unconfirmed.filter(({ position }) => position > outbox.acked);
    onAcked(stepped.forget);
  };
  const ask = (service: HostService, method: string, args: readonly unknown[]): Promise<unknown> => {
    if (isClosed) return Promise.reject(goneError());
    const answer = Promise.withResolvers<unknown>();
    const id = nextId++;
    asked.set(id, answer);
    send({ type: 'ask', id, service, method, args: [...args] });
    return answer.promise;
  };
  const act = (message: ControlMessage): void => {
    if (!actions) early.push(message);
    else if (message.type === 'command')
      actions.run(message).then(
        value => send({ type: 'command.done', id: message.id, ok: true, value }),
        (error: unknown) =>
          send({ type: 'command.done', id: message.id, ok: false, error: toErrorBody(error, 'worker') }),
      );
    else if (
      message.type !== 'beat' &&
      message.type !== 'send.after' &&
      message.type !== 'ack' &&
      message.type !== 'reply'
    )
      actions.tell(message);
  };
  const onMessage = (data: RawData): void => {
    const message = controlMessageSchema.parse(JSON.parse(textOf(data)));
    if (message.type === 'reply') {
      const answer = asked.get(message.id);
      asked.delete(message.id);
      if (message.ok) answer?.resolve(message.value);
      else answer?.reject(new AppError(message.error));
    } else if (message.type === 'send.after') step({ type: 'asked', after: message.position });
    else if (message.type === 'ack') step({ type: 'acked', position: message.position });
    else act(message);
  };

  // At once: control's first word may come with the answer that opens the connection.
  socket.on('message', onMessage);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', () => reject(goneError()));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (isClosed) return;
    isClosed = true;
    for (const answer of asked.values()) answer.reject(goneError());
    onLost();
  });
  const beat = (): void => {
    if (isClosed) return;
    send({ type: 'beat' });
    clock.after(BEAT_EVERY_MS, beat);
  };
  return {
    serve: given => {
      actions = given;
      beat();
      for (const message of early.splice(0)) act(message);
    },
    entry: entry => {
      unconfirmed.push(entry);
      step({ type: 'appended', position: entry.position });
    },
    notice: notice => send({ type: 'notice', notice }),
    load: load => send({ type: 'load', load }),
    roomLeft: roomName => send({ type: 'room.left', roomName }),
    claim: (roomName, callId) => ask('rooms', 'claim', [roomName, callId]) as Promise<ClaimAnswer>,
    leases: asking<LeaseBook>('leases', ask),
    tickets: asking<TicketBook>('tickets', ask),
    audit: asking<Pick<Store, 'recordAccess'>>('audit', ask),
    dials: asking<DialPermit>('dials', ask),
    close: () => {
      isClosed = true;
      socket.close();
    },
  };
}

/** An interface whose every method is asked of control. */
function asking<Role>(
  service: HostService,
  ask: (service: HostService, method: string, args: readonly unknown[]) => Promise<unknown>,
): Role {
  const methods = HOST_SERVICES[service].map(method => [
    method,
    (...args: readonly unknown[]) => ask(service, method, args),
  ]);
  return Object.fromEntries(methods) as Role;
}

const goneError = (): AppError =>
  appError('worker.unreachable', 'The host has lost its worker.', { retryable: true });

export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}
