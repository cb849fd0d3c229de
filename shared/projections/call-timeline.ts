import type { CallId } from '#shared/domain/ids.ts';
import type { AttentionReason, FloorHolder } from '#shared/domain/call.ts';
import type {
  ChunkOrigin,
  ChunkState,
  Citation,
  Lane,
  Verdict,
  WithholdCause,
} from '#shared/domain/lanes.ts';
import type { LineDirection } from '#shared/domain/call-quality.ts';
import type { HushCause } from '#shared/domain/hush.ts';
import type { MicMode } from '#shared/domain/audibility.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';

/** One chunk of AI speech with all that happened to it. */
export interface ChunkView {
  readonly chunkId: string;
  readonly turnId: string | null;
  /** Set while, and if, it was drafted on a guess at the caller's words. */
  readonly hypothesisId: string | null;
  readonly lane: Lane;
  readonly origin: ChunkOrigin;
  readonly state: ChunkState;
  /** What was drafted. */
  readonly draftText: string;
  /** What may be spoken, after redaction; equals `draftText` otherwise. */
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly noteIds: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly judgeMs: number | null;
  readonly veto: {
    readonly by: 'policy' | 'supervisor';
    readonly policy: string;
    readonly reason: string;
    readonly userName: string | null;
    /** A person with the right may release it, while it can still be said. */
    readonly overridable: boolean;
    /** Who released it, and why, once that is told. */
    readonly released: {
      readonly userId: string;
      readonly userName: string;
      readonly reason: string | null;
    } | null;
  } | null;
  /** The refused chunk whose words these are. */
  readonly overrules: string | null;
  readonly cause: WithholdCause | null;
  readonly draftedAtMs: number;
  readonly judgedAtMs: number | null;
  readonly speakingAtMs: number | null;
  /** Expected length once known. */
  readonly durationMs: number | null;
  readonly endedAtMs: number | null;
  /** What the caller heard of it; the whole text when spoken. */
  readonly heardText: string;
}

/** One line of the transcript, in the order a reader wants it. */
export type TranscriptLine =
  | { readonly kind: 'caller'; readonly key: string; readonly atMs: number; readonly text: string }
  | { readonly kind: 'ai'; readonly key: string; readonly atMs: number; readonly chunkIds: readonly string[] }
  | {
      readonly kind: 'human';
      readonly key: string;
      readonly atMs: number;
      readonly userName: string;
      readonly durationMs: number;
      readonly text: string | null;
    }
  | { readonly kind: 'veto'; readonly key: string; readonly atMs: number; readonly chunkId: string }
  | { readonly kind: 'note'; readonly key: string; readonly atMs: number; readonly noteId: string }
  | {
      readonly kind: 'event';
      readonly key: string;
      readonly atMs: number;
      readonly event: string;
      readonly detail: string;
    };

export interface NoteView {
  readonly noteId: string;
  readonly userName: string;
  readonly text: string;
  readonly atMs: number;
  readonly receipt:
    | { readonly name: 'received' }
    | { readonly name: 'used'; readonly turnNumber: number; readonly chunkIds: readonly string[] }
    | { readonly name: 'unused'; readonly reason: string };
}

/** What the AI would say while a person has the call. */
export interface SuggestionView {
  readonly suggestionId: string;
  readonly text: string;
  readonly decision: 'allow' | 'redact' | 'veto';
  readonly veto: { readonly policy: string; readonly reason: string } | null;
  readonly citations: readonly Citation[];
  readonly atMs: number;
  readonly used: boolean;
  /** Drafted on a host that has died: the caller has been talking since, and nobody can use it any more. */
  readonly isStale: boolean;
}

/** A tool call that two people have to agree to. Everybody sees the same payload. */
export interface ApprovalView {
  readonly approvalId: string;
  readonly atMs: number;
  readonly tool: string;
  readonly request: string;
  readonly requestHash: string;
  readonly needs: number;
  readonly expiresAtMs: number;
  readonly approvedBy: readonly { readonly userId: string; readonly userName: string }[];
  readonly refusedBy: string | null;
  readonly outcome: 'approved' | 'refused' | 'expired' | 'call-ended' | null;
}

/** What the AI wanted of the ticket system, and how far it is. */
export interface TicketView {
  readonly requestId: string;
  readonly atMs: number;
  readonly kind: 'create' | 'update' | 'note';
  readonly subject: string;
  readonly state: 'requested' | 'retrying' | 'done' | 'failed';
  readonly ticketId: string | null;
  readonly code: string | null;
}

/** How one direction of the line was, by its score. */
export interface LineView {
  readonly mos: number;
  readonly worstMos: number;
  readonly meanMos: number;
  readonly readings: number;
}

export interface PersonOnCall {
  readonly userId: string;
  readonly name: string;
  readonly listening: boolean;
  readonly mic: MicMode;
}

/** One call as console, audit screen and replay tests all see it. */
export interface CallTimeline {
  readonly callId: CallId | null;
  readonly lastSeq: number; // -1 before the first event
  readonly displayName: string;
  readonly from: string | null;
  readonly line: string;
  readonly brain: string;
  readonly voice: string;
  readonly ringingAtMs: number | null;
  readonly connectedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly endReason: string | null;
  /** The call is being recorded. */
  readonly recording: boolean;
  readonly turn: TurnStateName;
  readonly turnNumber: number;
  readonly floor: FloorHolder;
  readonly floorUserId: string | null;
  readonly floorSinceMs: number | null;
  readonly held: { readonly sinceMs: number; readonly userName: string } | null;
  /** This call's own wait before an answer, when a supervisor has set one. */
  readonly slowSafe: { readonly holdBackMs: number; readonly userName: string } | null;
  /** Card data is being said: nobody listens, nothing is recorded. */
  readonly hush: { readonly sinceMs: number; readonly cause: HushCause } | null;
  /** The newest transfer that a person asked for; `outcome` is `null` while it rings. */
  readonly transfer: {
    readonly target: string;
    readonly userName: string;
    readonly outcome: 'accepted' | 'refused' | 'uncertain' | null;
    readonly code: string | null;
  } | null;
  /** The caller is on hold, or with a colleague, and the AI is silent. */
  readonly parked: {
    readonly with: 'hold' | 'briefing' | 'colleague';
    readonly target: string;
    readonly sinceMs: number;
  } | null;
  readonly people: readonly PersonOnCall[];
  readonly edges: readonly (readonly [string, string])[];
  readonly attention: readonly {
    readonly reason: AttentionReason;
    readonly atMs: number;
    readonly because: string | null;
  }[];
  readonly lines: readonly TranscriptLine[];
  readonly chunks: Readonly<Record<string, ChunkView>>;
  /** Chunk ids in the order they were drafted. */
  readonly chunkOrder: readonly string[];
  readonly notes: Readonly<Record<string, NoteView>>;
  readonly takeover: {
    readonly userId: string;
    readonly userName: string;
    readonly atMs: number;
    readonly liveMs: number | null;
  } | null;
  /** Newest first; empty while the AI has the call. */
  readonly suggestions: readonly SuggestionView[];
  /** Articles of which this call has a text of its own, the newest of each, in the order of their titles' first use (KN27). */
  readonly ownTexts: readonly {
    readonly docId: string;
    readonly title: string;
    /** What was published of the article at that time. */
    readonly publishedId: string | null;
    readonly userName: string;
    readonly atMs: number;
  }[];
  readonly lastMeasure: Readonly<Record<string, number | null>> | null;
  /** The same of every answer, by turn. */
  readonly measures: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** Directions of which anything is known; none for a call without a room. */
  readonly quality: Readonly<Partial<Record<LineDirection, LineView>>>;
  readonly intents: readonly { readonly atMs: number; readonly intent: string; readonly decision: string }[];
  /** Oldest first. */
  readonly approvals: readonly ApprovalView[];
  readonly tickets: readonly TicketView[];
  readonly tools: readonly {
    readonly auditId: string;
    readonly atMs: number;
    readonly tool: string;
    readonly status: string;
    readonly latencyMs: number;
    readonly request: string;
    readonly response: string;
  }[];
}
