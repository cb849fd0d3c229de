import type { Journal } from '#shared/adapters/journal.ts';
import { TEXT_PROVIDER } from '#shared/domain/call.ts';
import type { CallSummary } from '#shared/domain/call-summary.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import { newSummary, stepSummary } from '#shared/projections/board/summary.ts';

/** A call stays on the floor for a moment after its end, so that a person sees how it ended. */
const KEEP_ENDED_MS = 10_000;

interface OpenCall {
  readonly orgId: OrgId;
  /** A text conversation is open and stands on no floor. */
  readonly isText: boolean;
  /** Room that carries it, where one does. */
  readonly room: string | null;
  summary: CallSummary;
}

/** The calls that are open now, in memory: what a client needs to draw the floor, without asking the disk. */
export class OpenCalls {
  readonly #calls = new Map<CallId, OpenCall>();
  readonly #cancels = new Set<Cancel>();
  readonly #stop: () => void;

  constructor(journal: Journal, clock: Clock) {
    this.#stop = journal.onEntry(({ event }) => {
      const { conversationId: callId } = event;
      const call = this.#calls.get(callId);
      if (call) call.summary = stepSummary(call.summary, event);
      // A log that does not begin here, such as one that is closed after a crash, is not an open call.
      else if (event.type === 'call.ringing')
        this.#calls.set(callId, {
          orgId: event.orgId,
          isText: event.provider === TEXT_PROVIDER,
          room: event.room ?? null,
          summary: newSummary(event),
        });
      if (event.type !== 'call.ended') return;
      const cancel = clock.after(KEEP_ENDED_MS, () => {
        this.#cancels.delete(cancel);
        this.#calls.delete(callId);
      });
      this.#cancels.add(cancel);
    });
  }

  /** Calls of one org, as every entry so far has made them. */
  of(orgId: OrgId): CallSummary[] {
    return [...this.#calls.values()]
      .filter(call => call.orgId === orgId && !call.isText)
      .map(({ summary }) => summary);
  }

  /** Whether this person listens to the call or speaks on it. */
  isHeardBy(callId: CallId, userId: UserId): boolean {
    const summary = this.#calls.get(callId)?.summary;
    return summary?.floorUserId === userId || summary?.listeners.some(one => one.userId === userId) === true;
  }

  /** Who has the floor instead of the AI, or `null`. */
  holderOf(callId: CallId): UserId | null {
    return (this.#calls.get(callId)?.summary.floorUserId ?? null) as UserId | null;
  }

  /** The room that carries this call, or `null`. */
  roomOf(callId: CallId): string | null {
    return this.#calls.get(callId)?.room ?? null;
  }

  /** The call that this room carries, or `null`. */
  callInRoom(roomName: string): { readonly callId: CallId; readonly orgId: OrgId } | null {
    for (const [callId, { room, orgId }] of this.#calls) if (room === roomName) return { callId, orgId };
    return null;
  }

  /** Whether this org has such a call open. */
  has(callId: CallId, orgId: OrgId): boolean {
    return this.#calls.get(callId)?.orgId === orgId;
  }

  /** Whether the call is open and another org's: then it does not exist for this one. */
  isForeign(callId: CallId, orgId: OrgId): boolean {
    const owner = this.#calls.get(callId)?.orgId;
    return owner !== undefined && owner !== orgId;
  }

  close(): void {
    this.#stop();
    for (const cancel of this.#cancels) cancel();
  }
}
