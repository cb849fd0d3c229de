import type { Intent } from '#shared/domain/call.ts';
import type { Citation } from '#shared/domain/lanes.ts';
import type { KnowledgeHit } from './knowledge-base.ts';

/** Said when nothing approved supports an answer, to the letter (req:L14). */
export const NO_INFORMATION = 'I do not have that information.';

export interface HistoryLine {
  readonly speaker: 'caller' | 'ai' | 'human';
  /** What was really heard; interrupted speech is cut. */
  readonly text: string;
}

/** The outcome of one tool call that an approved intent allowed. */
export interface ToolOutcome {
  readonly toolCallId: string;
  readonly tool: string;
  /** `pending`: two people have to agree before it runs, and the answer does not wait for them (TOOL43). */
  readonly status: 'ok' | 'error' | 'timeout' | 'refused' | 'pending';
  /** Facts for the answer, already redacted; empty unless `ok`. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export interface ReplyRequest {
  readonly callerText: string;
  readonly intent: Intent;
  /** How sure the reading of the caller is; absent where nobody judged it. */
  readonly confidenceRatio?: number;
  readonly history: readonly HistoryLine[];
  readonly hits: readonly KnowledgeHit[];
  readonly tools: readonly ToolOutcome[];
  /** Notes a supervisor whispered, oldest first. */
  readonly notes: readonly { readonly noteId: string; readonly text: string }[];
  /** Set on the one safe try after a veto: what was refused, and by which policy. */
  readonly rephrase: { readonly text: string; readonly policy: string; readonly reason: string } | null;
}

/** A piece of an answer, in order. Text may come in any slices; citations and notes belong to the text of their part. */
export interface ReplyPart {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly noteIds: readonly string[];
}

/**
 * Lane B's brain. Streams text; the gate decides what becomes speech, so a model may be wrong but never be heard being wrong.
 * Aborting ends the iteration. A failure throws `AppError`; the lane then says the fallback sentence.
 */
export interface ReplyModel {
  /** Shown in the console, such as `offline demo`. */
  readonly name: string;
  reply(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyPart>;
}
