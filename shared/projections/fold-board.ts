import type { JournalEntry } from '#shared/adapters/journal.ts';
import { ATTENTION_REASONS, TEXT_PROVIDER } from '#shared/domain/call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { newSummary, stepSummary } from './board/summary.ts';
import type { CallSummary, LiveBoard } from './live-board.ts';

export const emptyBoard: LiveBoard = { position: -1, calls: {} };

/** How long a call that has ended stays on the floor. */
export const ENDED_STAYS_MS = 10_000;

/**
 * Folds one journal entry in. Entries seen before, by position or by the call's own `seq`, change nothing (TL2).
 * Positions may leave gaps: a snapshot holds open calls only.
 */
export function appendToBoard(board: LiveBoard, entry: JournalEntry): LiveBoard {
  return appendAllToBoard(board, [entry]);
}

/** Folds many entries in and copies the board once: on a floor of 500 calls a copy costs more than fifty events. */
export function appendAllToBoard(board: LiveBoard, entries: readonly JournalEntry[]): LiveBoard {
  let { position } = board;
  const changed = new Map<string, CallSummary>();
  for (const { event, position: at } of entries) {
    position = Math.max(position, at);
    const { conversationId } = event;
    // An id may be the name of something that every object has.
    const known = Object.hasOwn(board.calls, conversationId) ? board.calls[conversationId] : undefined;
    const before = changed.get(conversationId) ?? known;
    if (before ? event.seq <= before.lastSeq : !isListed(event)) continue;
    const after = event.type === 'call.ringing' ? newSummary(event) : before && stepSummary(before, event);
    if (after) changed.set(conversationId, after);
  }
  if (changed.size > 0) return { position, calls: { ...board.calls, ...Object.fromEntries(changed) } };
  return position === board.position ? board : { ...board, position };
}

/** Text conversations are no calls of the floor. */
function isListed(event: CallEvent): boolean {
  return event.type === 'call.ringing' && event.provider !== TEXT_PROVIDER;
}

/** The board of a snapshot. */
export function boardOf(position: number, calls: readonly CallSummary[]): LiveBoard {
  return { position, calls: Object.fromEntries(calls.map(call => [call.callId, call])) };
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
  if (calls.every(([, call]) => call.endedAtMs === null)) return board;
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
