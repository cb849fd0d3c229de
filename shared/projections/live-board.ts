import type { CallId } from '#shared/domain/ids.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { AttentionReason, FloorHolder } from '#shared/domain/call.ts';
import { ATTENTION_REASONS } from '#shared/domain/call.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';
import { newSummary, stepSummary } from './board/summary.ts';

/** One call as a row or card of the floor. */
export interface CallSummary {
  readonly callId: CallId;
  readonly lastSeq: number;
  readonly displayName: string;
  readonly from: string | null;
  readonly line: string;
  readonly phase: 'ringing' | 'connected' | 'ended';
  readonly endReason: string | null;
  readonly ringingAtMs: number;
  readonly connectedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly turn: TurnStateName;
  readonly floor: FloorHolder;
  readonly floorUserId: string | null;
  readonly floorUserName: string | null;
  readonly heldByName: string | null;
  readonly listeners: readonly { readonly userId: string; readonly name: string }[];
  /** Last words said and heard, for the row; the last three for the side panel. */
  readonly lastLines: readonly {
    readonly speaker: 'caller' | 'ai' | 'human';
    readonly text: string;
    readonly atMs: number;
  }[];
  /** Open reasons, worst first. */
  readonly attention: readonly { readonly reason: AttentionReason; readonly atMs: number }[];
  /** Veto text of the newest vetoed chunk, for the card. */
  readonly vetoCount: number;
  readonly interruptionCount: number;
  /** Spans of the last minutes for the sparkline, oldest first, at most 40. */
  readonly recent: readonly {
    readonly lane: 'caller' | 'A' | 'B' | 'human';
    readonly fromMs: number;
    readonly toMs: number | null;
    readonly vetoed: boolean;
  }[];
}

/** Every call that is ringing, running or has just ended. */
export interface LiveBoard {
  readonly position: number; // -1 before the first entry
  readonly calls: Readonly<Record<string, CallSummary>>;
}

export const emptyBoard: LiveBoard = { position: -1, calls: {} };

/** How long a call that has ended stays on the floor. */
export const ENDED_STAYS_MS = 10_000;

/**
 * Folds one journal entry in. Entries seen before, by position or by the call's own `seq`, change nothing (TL2).
 * Positions may leave gaps: a snapshot holds open calls only.
 */
export function appendToBoard(board: LiveBoard, entry: JournalEntry): LiveBoard {
  const { event } = entry;
  const position = Math.max(board.position, entry.position);
  const { conversationId } = event;
  const before = board.calls[conversationId];
  if (!before && event.type !== 'call.ringing')
    return position === board.position ? board : { ...board, position };
  if (before && event.seq <= before.lastSeq)
    return position === board.position ? board : { ...board, position };
  const after = event.type === 'call.ringing' ? newSummary(event) : before && stepSummary(before, event);
  return after ? { position, calls: { ...board.calls, [conversationId]: after } } : board;
}

/** Calls that need a person, worst first, then the others, longest first; ended calls last (TL20). */
export function rank(board: LiveBoard, nowMs: number): readonly CallSummary[] {
  return Object.values(board.calls).toSorted((a, b) => weight(b, nowMs) - weight(a, nowMs) || order(a, b));
}

/** Whether a call belongs to the cards: something is open, and nobody of ours has it. */
export function needsYou(call: CallSummary): boolean {
  return call.phase === 'connected' && call.attention.length > 0;
}

/** Removes calls that ended ten seconds ago or earlier; the same board when there are none. */
export function prune(board: LiveBoard, nowMs: number): LiveBoard {
  const calls = Object.entries(board.calls);
  const kept = calls.filter(([, call]) => call.endedAtMs === null || nowMs - call.endedAtMs < ENDED_STAYS_MS);
  return kept.length === calls.length ? board : { ...board, calls: Object.fromEntries(kept) };
}

/** Whole steps keep waiting calls from trading places with every second. */
const WAIT_STEP_MS = 15_000;
const WAIT_STEPS_MAX = 9;

function weight(call: CallSummary, nowMs: number): number {
  if (call.phase === 'ended') return -10;
  const worst = call.attention[0];
  if (!needsYou(call) || !worst) return call.phase === 'ringing' ? -1 : 0;
  const waited = Math.floor((nowMs - worst.atMs) / WAIT_STEP_MS);
  return (
    (ATTENTION_REASONS.indexOf(worst.reason) + 1) * 10 +
    Math.min(WAIT_STEPS_MAX, Math.max(0, waited)) +
    (call.floor === 'human' ? -100 : 0)
  );
}

function order(a: CallSummary, b: CallSummary): number {
  return a.ringingAtMs - b.ringingAtMs || (a.callId < b.callId ? -1 : 1);
}
