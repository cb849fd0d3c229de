import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LiveBoard } from '#shared/projections/live-board.ts';
import { appendAllToBoard, boardOf, emptyBoard, prune } from '#shared/projections/fold-board.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { StreamDown } from '#shared/ipc/streams.ts';

/** The sentence that can still be stopped, and when the console heard of it. */
export interface NextUtterance {
  readonly chunkId: string;
  readonly text: string;
  readonly state: string | null;
  readonly held: boolean;
  readonly leadMs: number;
  /** Lead time when the sentence was first announced: the whole length of the line that runs out. */
  readonly fullLeadMs: number;
  readonly heardOfMono: number;
}

/** How much of a sounding chunk has been heard, in UTF-16 code units. */
export interface HeardChars {
  readonly chunkId: string;
  readonly chars: number;
}

export interface FloorState {
  /** False until the first snapshot. */
  readonly ready: boolean;
  readonly board: LiveBoard;
  /** Rises when calls come or go, or when one moves between cards and rows; a screen that lists calls needs no more than this. */
  readonly listVersion: number;
  readonly next: Readonly<Record<string, NextUtterance>>;
  /** Words of callers that may still change, by call. */
  readonly partials: Readonly<Record<string, string>>;
  /** By call: one chunk sounds at a time. */
  readonly heard: Readonly<Record<string, HeardChars>>;
}

export type FloorStore = StoreApi<FloorState>;
type Down = StreamDown<'floor'>;

const EMPTY: FloorState = {
  ready: false,
  board: emptyBoard,
  listVersion: 0,
  next: {},
  partials: {},
  heard: {},
};

export function createFloorStore(): FloorStore {
  return createStore<FloorState>(() => EMPTY);
}

/** One frame's worth of messages as one update, so that rows render once. */
export function foldFloor(
  before: FloorState,
  messages: readonly Down[],
  nowMs: number,
  mono: number,
): FloorState {
  let { ready } = before;
  let from = before;
  let entries: Batch['entries'] = [];
  let notices: Notice[] = [];
  for (const message of messages) {
    if (message.type === 'batch') {
      entries = entries.length === 0 ? message.entries : [...entries, ...message.entries];
      notices = notices.length === 0 ? message.notices : [...notices, ...message.notices];
      continue;
    }
    // What the console believed so far may be of another worker.
    from = { ...EMPTY, board: boardOf(message.position, message.calls) };
    entries = [];
    notices = [];
    ready = true;
  }
  const all = appendAllToBoard(from.board, entries);
  // Looking for calls that have ended long enough costs a look at all of them: once a second, when nothing came, not with every frame.
  const board = messages.length === 0 ? prune(all, nowMs) : all;
  return {
    ready,
    board,
    listVersion: before.listVersion + (sameList(before.board, board) ? 0 : 1),
    ...foldSignals(from, notices, mono),
  };
}

/** Whether a list of the one board is a list of the other, in the same order and with the same cards. */
function sameList(a: LiveBoard, b: LiveBoard): boolean {
  if (a.calls === b.calls) return true;
  const calls = Object.values(b.calls);
  return (
    calls.length === Object.keys(a.calls).length &&
    calls.every(call => {
      const before = a.calls[call.callId];
      return (
        before === call ||
        (before !== undefined &&
          before.phase === call.phase &&
          before.attention === call.attention &&
          before.floor === call.floor &&
          before.heldByName === call.heldByName)
      );
    })
  );
}

type Batch = Extract<Down, { type: 'batch' }>;
type Signals = Pick<FloorState, 'next' | 'partials' | 'heard'>;

/** All notices of a frame with one copy of what they change: on a floor of 500 calls the copies are the cost. */
function foldSignals(before: Signals, notices: readonly Notice[], mono: number): Signals {
  const next = new Changes(before.next);
  const partials = new Changes(before.partials);
  const heard = new Changes(before.heard);
  for (const notice of notices) {
    const { callId } = notice;
    switch (notice.type) {
      case 'transcript.partial':
        partials.set(callId, notice.text === '' ? null : notice.text);
        break;
      case 'next-utterance': {
        const { chunkId, text, state, held, leadMs } = notice;
        if (chunkId === null) {
          next.set(callId, null);
          break;
        }
        const known = next.get(callId);
        const fullLeadMs = Math.max(known?.chunkId === chunkId ? known.fullLeadMs : 0, leadMs);
        next.set(callId, { chunkId, text, state, held, leadMs, fullLeadMs, heardOfMono: mono });
        break;
      }
      case 'heard':
        heard.set(callId, { chunkId: notice.chunkId, chars: notice.chars });
        break;
      case 'levels':
        break; // painted, never stored: see levels.ts
    }
  }
  return { next: next.result, partials: partials.result, heard: heard.result };
}

/** A record that is copied once, with the first change. */
class Changes<Value> {
  result: Readonly<Record<string, Value>>;
  #own: Record<string, Value> | null = null;

  constructor(before: Readonly<Record<string, Value>>) {
    this.result = before;
  }

  get(key: string): Value | undefined {
    return Object.hasOwn(this.result, key) ? this.result[key] : undefined;
  }

  /** @param value null removes */
  set(key: string, value: Value | null): void {
    if (value === null && !Object.hasOwn(this.result, key)) return;
    this.#own ??= { ...this.result };
    this.result = this.#own;
    if (value === null) delete this.#own[key];
    else
      Object.defineProperty(this.#own, key, { value, writable: true, enumerable: true, configurable: true });
  }
}
