/**
 * An answer that is heard sooner than this needs no acknowledgement, and would be held up by one: the shortest phrase of the
 * bank lasts 400 ms. Measured on the local voice. Guarded by the test of REF23.
 */
export const SOON_MS = 400;

/** What is known of Lane B at the moment the silence timer runs out. */
export type ComingAnswer =
  | { readonly kind: 'none' }
  /** Drafted on the caller's words so far, or about to be; `inMs` until it can be heard at the earliest. */
  | { readonly kind: 'expected'; readonly inMs: number }
  /** Chunks of the AI wait for their turn to sound. */
  | { readonly kind: 'under-way' };

export interface ReflexSituation {
  readonly policy: 'on' | 'off';
  readonly speech: 'free' | 'held';
  /** `vetoed`: something was refused and nothing of Lane B has been said to its end since. */
  readonly lastVerdict: 'none' | 'vetoed';
  readonly answer: ComingAnswer;
}

export type ReflexDecision =
  | { readonly kind: 'speak' }
  | {
      readonly kind: 'silent';
      readonly because: 'off' | 'held' | 'after-veto' | 'answer-under-way' | 'answer-in-time';
    };

/** Whether Lane A fills this silence. Pure and total; silence is the answer to every doubt (REF23, REF24). */
export function decideReflex({ policy, speech, lastVerdict, answer }: ReflexSituation): ReflexDecision {
  if (policy === 'off') return { kind: 'silent', because: 'off' };
  if (speech === 'held') return { kind: 'silent', because: 'held' };
  if (lastVerdict === 'vetoed') return { kind: 'silent', because: 'after-veto' };
  if (answer.kind === 'under-way') return { kind: 'silent', because: 'answer-under-way' };
  if (answer.kind === 'expected' && answer.inMs <= SOON_MS)
    return { kind: 'silent', because: 'answer-in-time' };
  return { kind: 'speak' };
}
