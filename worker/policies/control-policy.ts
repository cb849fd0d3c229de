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
  /** `reason` only where it needs one: allowed although the judge failed. */
  | { readonly kind: 'allow'; readonly reason?: string }
  | {
      readonly kind: 'redact';
      readonly spans: readonly TextSpan[];
      readonly replacement: string;
      readonly reason: string;
    }
  /** `spans`: the veto is about these places alone; it falls where other policies redact all of them (POL7). */
  | { readonly kind: 'veto'; readonly reason: string; readonly spans?: readonly TextSpan[] };

export const ALLOW: ControlVerdict = { kind: 'allow' };

export interface ControlPolicy {
  /** Stable: stored in audit rows and shown to supervisors. Renaming one is a migration. */
  readonly name: string;
  /** Past this the gate stops waiting and the draft is vetoed (GATE6, fail closed). */
  readonly budgetMs: number;
  /** Whether a supervisor with the right may release what this policy vetoed. */
  readonly overridable: boolean;
  /** What follows when it is late or fails; a veto unless the org has chosen otherwise (POL40). */
  readonly onFailure?: 'veto' | 'allow';
  /** Answers at once where it can: a promise costs a tick between model and voice. Throws only if it is broken. */
  judge(draft: SpeechDraft): ControlVerdict | Promise<ControlVerdict>;
}
