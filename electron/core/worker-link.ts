import WebSocket from 'ws';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallSummary } from '#shared/domain/call-summary.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { type AppError, appError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import {
  appendAllToBoard,
  boardOf,
  emptyBoard,
  ENDED_STAYS_MS,
  prune,
} from '#shared/projections/fold-board.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import {
  HEARTBEAT_MS,
  MISSED_BEATS,
  PROTOCOL_VERSION,
  type ClientMessage,
  type WorkerMessage,
} from '#shared/protocol/stream.ts';
import { readWorkerMessage } from '#shared/protocol/read-worker-message.ts';
import type { CommandAnswer } from '#shared/protocol/supervision.ts';

const RECONNECT_MS: readonly number[] = [50, 150, 300, 600, 1000];
/** A command that has no answer by then is reported as lost; it may still have been carried out. */
const COMMAND_TIMEOUT_MS = 5000;
/** What the desk says of a worker that is newer than itself (DAY20). */
const UNKNOWN: ErrorBody = {
  code: 'protocol.unknown',
  message:
    'The worker says things that this desk does not know. Update the older of the two. The rest is shown.',
  retryable: false,
  origin: 'electron',
};

/** Where the worker is and who we are there. */
export interface WorkerAddress {
  readonly url: string;
  readonly token: string;
}

export type FloorMessage =
  | { readonly type: 'snapshot'; readonly position: number; readonly calls: CallSummary[] }
  | { readonly type: 'batch'; readonly entries: JournalEntry[]; readonly notices: Notice[] };

export interface SupervisionRequest {
  readonly callId: CallId;
  readonly commandId: string;
  readonly verb: string;
  readonly args: Record<string, unknown>;
}

interface PendingCommand {
  readonly message: ClientMessage;
  readonly answer: (answer: CommandAnswer) => void;
}

/**
 * The desk's one connection to its worker. Resumes from the last position after a drop, without gap or double; sends commands
 * again that were not answered; knows within 1.5 s that the other side is silent (IPC30-IPC36).
 */
export class WorkerLink {
  readonly #clock: Clock;
  readonly #onUnauthenticated: () => void;
  readonly #stateListeners = new Set<(state: LinkState) => void>();
  readonly #floorListeners = new Set<(message: FloorMessage) => void>();
  readonly #knowledgeListeners = new Set<(version: number) => void>();
  readonly #pending = new Map<string, PendingCommand>();
  /** Open calls, for renderers that come later. */
  #board = emptyBoard;
  #address: WorkerAddress | null = null;
  #socket: WebSocket | null = null;
  #state: LinkState = { name: 'starting' };
  /** The running connection has told where its events begin; before that they could leave a gap. */
  #synced = false;
  #attempt = 0;
  #timers = new Set<Cancel>();
  #lastHeardMono = 0;
  #closed = false;
  /** What the worker says of itself, and what this desk could not understand of it. */
  #problems: { ofWorker: ErrorBody | null; ofDesk: ErrorBody | null } = { ofWorker: null, ofDesk: null };

  /** @param onUnauthenticated the worker does not take our session any more; `connect` follows with a new one */
  constructor(clock: Clock, onUnauthenticated: () => void = () => undefined) {
    this.#clock = clock;
    this.#onUnauthenticated = onUnauthenticated;
  }

  get state(): LinkState {
    return this.#state;
  }

  get address(): WorkerAddress | null {
    return this.#address;
  }

  onState(listener: (state: LinkState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** There is knowledge of this version: a wake-up, which may get lost (KN32). */
  onKnowledge(listener: (version: number) => void): () => void {
    this.#knowledgeListeners.add(listener);
    return () => this.#knowledgeListeners.delete(listener);
  }

  /** Follows the floor: a snapshot at once, then every batch. Returns a function that stops. */
  follow(listener: (message: FloorMessage) => void): () => void {
    this.#floorListeners.add(listener);
    listener({ type: 'snapshot', position: this.#board.position, calls: [...this.calls()] });
    return () => this.#floorListeners.delete(listener);
  }

  /** Connects, or moves to another worker; what was received stays. */
  connect(address: WorkerAddress): void {
    this.#address = address;
    this.#attempt = 0;
    this.#socket?.terminate();
    this.#open();
  }

  /** Connects anew to where the worker is, from the last position on. */
  reconnect(): void {
    this.#socket?.terminate();
  }

  /** Calls that are open or have just ended. */
  calls(): readonly CallSummary[] {
    return Object.values(this.#board.calls);
  }

  /** The worker is known to be gone; the next `connect` tells where it is again. */
  lost(code: string, message: string): void {
    this.#address = null;
    this.#socket?.terminate();
    this.#setLost(code, message);
  }

  /** Resolves with the worker's answer; rejects with `link.timeout` or `link.closed`. */
  supervise(request: SupervisionRequest): Promise<CommandAnswer> {
    const message = { type: 'command', ...request } as ClientMessage;
    return new Promise((resolve, reject) => {
      const stop = this.#clock.after(COMMAND_TIMEOUT_MS, () => {
        this.#pending.delete(request.commandId);
        reject(
          linkError(
            'link.timeout',
            'The worker did not answer in time. Look at the call before you try again.',
          ),
        );
      });
      this.#pending.set(request.commandId, {
        message,
        answer: answer => {
          stop();
          resolve(answer);
        },
      });
      this.#send(message);
    });
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#socket?.terminate();
  }

  #open(): void {
    const address = this.#address;
    if (!address || this.#closed) return;
    const socket = new WebSocket(`${address.url.replace(/^http/u, 'ws')}/api/stream`, {
      headers: { authorization: `Bearer ${address.token}` },
    });
    this.#socket = socket;
    this.#synced = false;
    let pingedMono = 0;
    socket.on('open', () => {
      this.#lastHeardMono = this.#clock.mono();
      this.#send({ type: 'subscribe', protocol: PROTOCOL_VERSION, after: this.#board.position });
      for (const { message } of this.#pending.values()) this.#send(message);
      const beat = (): void => {
        if (this.#socket !== socket) return;
        if (this.#clock.mono() - this.#lastHeardMono > HEARTBEAT_MS * MISSED_BEATS) {
          socket.terminate();
          return;
        }
        this.#send({ type: 'beat' });
        pingedMono = this.#clock.mono();
        socket.ping();
        this.#later(HEARTBEAT_MS, beat);
      };
      beat();
    });
    socket.on('pong', () => {
      this.#lastHeardMono = this.#clock.mono();
      if (this.#state.name === 'live')
        this.#set({ ...this.#state, latencyMs: Math.round((this.#lastHeardMono - pingedMono) * 10) / 10 });
    });
    socket.on('message', data => {
      this.#lastHeardMono = this.#clock.mono();
      const { message, isWhole } = readWorkerMessage(parseJson((data as Buffer).toString('utf8')));
      if (message) this.#onMessage(message);
      if (!isWhole) this.#tellProblem({ ofDesk: UNKNOWN });
    });
    socket.on('error', () => undefined);
    socket.on('close', (_code, reason) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (this.#closed || !this.#address) return;
      if (String(reason) === 'access.unauthenticated') this.#onUnauthenticated();
      this.#setLost('link.closed', 'The connection to the worker is gone. It is tried again.');
      this.#later(RECONNECT_MS[Math.min(this.#attempt, RECONNECT_MS.length - 1)] ?? 1000, () => this.#open());
      this.#attempt += 1;
    });
  }

  #onMessage(message: WorkerMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.#attempt = 0;
        this.#synced = true;
        if (message.resumed) this.#take(message.entries, []);
        else {
          this.#board = boardOf(message.position, message.calls);
          this.#tell({ type: 'snapshot', position: message.position, calls: [...message.calls] });
        }
        this.#set({
          name: 'live',
          latencyMs: 0,
          workerId: message.workerId,
          brain: message.brain,
          voice: message.voice,
        });
        // Asked anew with each connection: the worker tells its own problem after the snapshot.
        this.#problems = { ofWorker: null, ofDesk: null };
        return;
      case 'health':
        this.#tellProblem({ ofWorker: message.problem });
        return;
      case 'batch':
        if (this.#synced) this.#take(message.entries, message.notices);
        return;
      case 'answer': {
        const pending = this.#pending.get(message.commandId);
        this.#pending.delete(message.commandId);
        pending?.answer(message.answer);
        return;
      }
      case 'knowledge':
        for (const listener of this.#knowledgeListeners) listener(message.version);
        return;
      case 'refused':
      case 'beat':
        return;
    }
  }

  /** Entries are taken once, whatever is delivered twice. */
  #take(entries: readonly JournalEntry[], notices: readonly Notice[]): void {
    const fresh = entries.filter(entry => entry.position > this.#board.position);
    this.#board = appendAllToBoard(this.#board, fresh);
    if (fresh.some(({ event }) => event.type === 'call.ended'))
      this.#later(ENDED_STAYS_MS, () => (this.#board = prune(this.#board, this.#clock.now())));
    if (fresh.length > 0 || notices.length > 0)
      this.#tell({ type: 'batch', entries: fresh, notices: [...notices] });
  }

  /** The worker's own problem comes first: it is the one that keeps calls from going on. */
  #tellProblem(change: Partial<{ ofWorker: ErrorBody | null; ofDesk: ErrorBody | null }>): void {
    this.#problems = { ...this.#problems, ...change };
    if (this.#state.name !== 'live') return;
    const { problem: before, ...state } = this.#state;
    const problem = this.#problems.ofWorker ?? this.#problems.ofDesk;
    if (before?.code === problem?.code) return;
    this.#set(problem ? { ...state, problem } : state);
  }

  #tell(message: FloorMessage): void {
    for (const listener of this.#floorListeners) listener(message);
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #setLost(code: string, message: string): void {
    const sinceMs = this.#state.name === 'lost' ? this.#state.sinceMs : this.#clock.now();
    this.#set({ name: 'lost', sinceMs, attempt: this.#attempt, code, message });
  }

  #set(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #later(delayMs: number, task: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      task();
    });
    this.#timers.add(cancel);
  }
}

function linkError(code: 'link.timeout' | 'link.closed', message: string): AppError {
  return appError(code, message, { origin: 'electron', retryable: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
