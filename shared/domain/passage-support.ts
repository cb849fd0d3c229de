/** How well a passage fits a question, by words and by vector. Both 0 to 1; -1 similarity is told as 0. */
export interface Fit {
  /** Share of the question's weight that stands in the passage. */
  readonly coverageRatio: number;
  readonly similarityRatio: number;
}

/** From when a passage supports an answer. Either of the two: enough of the question's words, or fewer of them and a near vector. */
export interface SupportThresholds {
  readonly coverageRatio: number;
  readonly someCoverageRatio: number;
  readonly nearRatio: number;
}

/**
 * Set by hand on the first half of `tests/fixtures/knowledge-questions.ts`; the test of RET25 guards precision and recall on the
 * second half.
 */
export const SUPPORT: SupportThresholds = { coverageRatio: 0.34, someCoverageRatio: 0.2, nearRatio: 0.3 };

/** Whether an answer may rest on a passage. Without one the answer is "I do not have that information." */
export function supports(fit: Fit, thresholds: SupportThresholds = SUPPORT): boolean {
  return (
    fit.coverageRatio >= thresholds.coverageRatio ||
    (fit.coverageRatio >= thresholds.someCoverageRatio && fit.similarityRatio >= thresholds.nearRatio)
  );
}
