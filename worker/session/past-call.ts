import { withEntry, withoutEntry } from '#shared/base/readonly-map.ts';
import type { HumanOnCall } from '#shared/domain/audibility.ts';
import type { ChunkId, NoteId, UserId } from '#shared/domain/ids.ts';
import type { Retention } from '#shared/domain/retention.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { stepPastApprovals, type PastApprovals } from './past-approvals.ts';

type TransferDraft = Extract<CallEventDraft, { type: 'call.transfer-requested' }>;

/** What a call is in the middle of, as its log tells; for a host that goes on with it. */
export interface PastCall {
  readonly lastSeq: number;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly connected: boolean;
  /** Speech that has no end yet, and whether it sounded. */
  readonly openChunks: ReadonlyMap<ChunkId, 'pending' | 'speaking'>;
  /** Notes to the AI that have no receipt yet. */
  readonly notes: ReadonlyMap<NoteId, string>;
  readonly turns: number;
  readonly held: boolean;
  readonly holdBackMs: number | null;
  readonly hushed: boolean;
  /** The caller has been told of the recording. */
  readonly announced: boolean;
  /** Recordings that were begun. */
  readonly recordings: number;
  /** How long they are kept, decided as the call began to be recorded; null where nothing was. */
  readonly retention: Retention | null;
  readonly people: ReadonlyMap<UserId, HumanOnCall>;
  readonly names: ReadonlyMap<UserId, string>;
  readonly floor: {
    readonly userId: UserId;
    readonly mode: 'barge' | 'live';
    readonly sinceMs: number;
  } | null;
  /** What whoever has the floor has typed for the AI. */
  readonly takeoverNotes: readonly string[];
  readonly approvals: PastApprovals;
  /** The caller was on hold or with a colleague. */
  readonly parked: boolean;
  /** A transfer that was asked for and of which nothing has become yet. */
  readonly transfer: TransferDraft | null;
  /** Chain value of the newest entry of the sink ledger. */
  readonly soundChain: string | null;
}

const NOTHING: PastCall = {
  lastSeq: -1,
  startedAtMs: 0,
  lastAtMs: 0,
  connected: false,
  openChunks: new Map(),
  notes: new Map(),
  turns: 0,
  held: false,
  holdBackMs: null,
  hushed: false,
  announced: false,
  recordings: 0,
  retention: null,
  people: new Map(),
  names: new Map(),
  floor: null,
  takeoverNotes: [],
  approvals: [],
  parked: false,
  transfer: null,
  soundChain: null,
};

/** Pure. @param events the whole log of the call, in order */
export function foldPast(events: readonly CallEvent[]): PastCall {
  return events.reduce(
    (past, event) => ({
      ...step(past, event),
      approvals: stepPastApprovals(past.approvals, event),
      lastSeq: event.seq,
      lastAtMs: event.atMs,
      startedAtMs: past.lastSeq < 0 ? event.atMs : past.startedAtMs,
    }),
    NOTHING,
  );
}

function step(past: PastCall, event: CallEvent): PastCall {
  switch (event.type) {
    case 'call.connected':
      return { ...past, connected: true };
    case 'chunk.drafted':
      return { ...past, openChunks: withEntry(past.openChunks, event.chunkId, 'pending') };
    case 'chunk.speaking':
      return { ...past, openChunks: withEntry(past.openChunks, event.chunkId, 'speaking') };
    case 'chunk.vetoed':
    case 'chunk.spoken':
    case 'chunk.interrupted':
    case 'chunk.withheld':
      return { ...past, openChunks: withoutEntry(past.openChunks, event.chunkId) };
    case 'whisper.noted':
      return { ...past, notes: withEntry(past.notes, event.noteId, event.text) };
    case 'whisper.used':
    case 'whisper.unused':
      return { ...past, notes: withoutEntry(past.notes, event.noteId) };
    case 'turn.committed':
      return { ...past, turns: past.turns + 1 };
    case 'speech.held':
      return { ...past, held: true };
    case 'speech.resumed':
      return { ...past, held: false };
    case 'hold-back.set':
      return { ...past, holdBackMs: event.holdBackMs };
    case 'hush.started':
      return { ...past, hushed: true };
    case 'hush.ended':
      return { ...past, hushed: false };
    case 'consent.announced':
      return { ...past, announced: true };
    case 'recording.started':
      return {
        ...past,
        recordings: past.recordings + 1,
        retention: past.retention ?? event.retention ?? null,
      };
    case 'call.parked':
      return { ...past, parked: true };
    case 'call.unparked':
      return { ...past, parked: false };
    case 'call.transfer-requested': {
      const { type, target, by, userId, userName, outcome } = event;
      const who = {
        ...(userId === undefined ? {} : { userId }),
        ...(userName === undefined ? {} : { userName }),
      };
      return { ...past, transfer: outcome === null ? { type, target, by, ...who, outcome } : null };
    }
    case 'line.sounded':
      return { ...past, soundChain: event.chainSha256 };
    case 'takeover.noted':
      return { ...past, takeoverNotes: [...past.takeoverNotes, event.text] };
    case 'takeover.ended':
      return { ...past, takeoverNotes: [] };
    case 'listener.joined':
      return person(past, event, { listening: true });
    case 'listener.left':
      return person(past, event, { listening: false });
    case 'mic.changed':
      return person(past, event, { mic: event.to });
    case 'floor.changed': {
      const { holder, userId, cause, atMs } = event;
      if (holder === 'ai' || userId === null) return { ...past, floor: null };
      const mode = cause === 'barge' ? 'barge' : 'live';
      return { ...past, floor: { userId: userId as UserId, mode, sinceMs: atMs } };
    }
    default:
      return past;
  }
}

/**
 * What a host that goes on says of the transfer that the one before it was in the middle of: nobody knows any more whether the target has
 * answered, and nobody holds the caller. A colleague who is in the room is told of anew (SUP78).
 */
export function endOfTransfer({ transfer, parked }: PastCall): readonly CallEventDraft[] {
  return [
    ...(transfer ? [{ ...transfer, outcome: 'uncertain' } as const] : []),
    ...(parked ? [{ type: 'call.unparked', cause: 'host-lost' } as const] : []),
  ];
}

function person(
  past: PastCall,
  who: { readonly userId: string; readonly userName: string },
  change: Partial<HumanOnCall>,
): PastCall {
  const userId = who.userId as UserId;
  const before = past.people.get(userId) ?? { userId, listening: false, mic: 'monitor' as const };
  return {
    ...past,
    people: withEntry(past.people, userId, { ...before, ...change }),
    names: withEntry(past.names, userId, who.userName),
  };
}
