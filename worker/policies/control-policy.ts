import type { ChunkOrigin, Citation, TextSpan } from '#shared/domain/lanes.ts';

/** What a policy judges: whole words and numbers, never half of one. */
export interface SpeechDraft {
  readonly text: string;
  readonly origin: ChunkOrigin;
  readonly citations: readonly Citation[];
  readonly toolFacts: readonly { readonly name: string; readonly value: string }[];
}

/** A verdict is a value: refusing to speak is normal work, not an error. `reason` is a code, never prose. */
export type ControlVerdict =
  | { readonly kind: 'allow' }
  | {
      readonly kind: 'redact';
      readonly spans: readonly TextSpan[];
      readonly replacement: string;
      readonly reason: string;
    }
  | { readonly kind: 'veto'; readonly reason: string };

export const ALLOW: ControlVerdict = { kind: 'allow' };

export interface ControlPolicy {
  /** Stable: stored in audit rows and shown to supervisors. Renaming one is a migration. */
  readonly name: string;
  /** Past this the gate stops waiting and the draft is vetoed (GATE6, fail closed). */
  readonly budgetMs: number;
  /** Whether a supervisor with the right may release what this policy vetoed. */
  readonly overridable: boolean;
  /** Answers at once where it can: a promise costs a tick between model and voice. Throws only if it is broken; that is a veto. */
  judge(draft: SpeechDraft): ControlVerdict | Promise<ControlVerdict>;
}
