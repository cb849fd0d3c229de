import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LiveBoard } from '#shared/projections/live-board.ts';
import { appendToBoard, emptyBoard, prune } from '#shared/projections/fold-board.ts';
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

export interface FloorState {
  /** False until the first snapshot. */
  readonly ready: boolean;
  readonly board: LiveBoard;
  readonly next: Readonly<Record<string, NextUtterance>>;
  /** Words of callers that may still change, by call. */
  readonly partials: Readonly<Record<string, string>>;
  /** How much of the sounding chunk has been heard, in UTF-16 code units, by chunk. */
  readonly heardChars: Readonly<Record<string, number>>;
}

export type FloorStore = StoreApi<FloorState>;
type Down = StreamDown<'floor'>;

const EMPTY: FloorState = { ready: false, board: emptyBoard, next: {}, partials: {}, heardChars: {} };

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
  let { board, ready } = before;
  let signals: Signals = before;
  for (const message of messages) {
    if (message.type === 'snapshot') {
      // "Fold from scratch": what the console believed so far may be of another worker.
      board = emptyBoard;
      signals = EMPTY;
      ready = true;
    }
    for (const entry of message.entries) board = appendToBoard(board, entry);
    if (message.type === 'batch') for (const notice of message.notices) signals = fold(signals, notice, mono);
  }
  return {
    ready,
    board: prune(board, nowMs),
    next: signals.next,
    partials: signals.partials,
    heardChars: signals.heardChars,
  };
}

type Signals = Pick<FloorState, 'next' | 'partials' | 'heardChars'>;

function fold(signals: Signals, notice: Notice, mono: number): Signals {
  switch (notice.type) {
    case 'transcript.partial': {
      const { [notice.callId]: _old, ...others } = signals.partials;
      return {
        ...signals,
        partials: notice.text === '' ? others : { ...others, [notice.callId]: notice.text },
      };
    }
    case 'next-utterance': {
      const { [notice.callId]: before, ...others } = signals.next;
      const { chunkId, text, state, held, leadMs } = notice;
      if (chunkId === null) return { ...signals, next: others };
      const same = before?.chunkId === chunkId ? before.fullLeadMs : 0;
      const fullLeadMs = Math.max(same, leadMs);
      const next = { chunkId, text, state, held, leadMs, fullLeadMs, heardOfMono: mono };
      return { ...signals, next: { ...others, [notice.callId]: next } };
    }
    case 'heard':
      // One chunk sounds at a time per call; old entries go with the next snapshot or the end of the page.
      return { ...signals, heardChars: { ...signals.heardChars, [notice.chunkId]: notice.chars } };
    case 'levels':
      return signals; // painted, never stored: see levels.ts
  }
}
