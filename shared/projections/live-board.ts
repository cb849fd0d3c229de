import type { CallId } from '#shared/domain/ids.ts';
import type { AttentionReason, FloorHolder } from '#shared/domain/call.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';

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
