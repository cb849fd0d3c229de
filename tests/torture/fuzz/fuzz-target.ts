import type { FuzzInput } from './inputs.ts';

/** A boundary that parses what somebody else sends. */
export interface FuzzTarget {
  readonly name: string;
  /** Good inputs from which near-valid ones are bred. */
  readonly seeds: readonly unknown[];
  open(): Promise<OpenTarget>;
}

export interface OpenTarget {
  /**
   * Sends one input. @returns the code of the answer, `ok` for an input that was good, `ignored` where the rule is that it has
   * no effect. Rejects when there is no answer.
   */
  feed(input: FuzzInput): Promise<string> | string;
  /** Rejects when a good request is not served any more. */
  good(): Promise<void> | void;
  close(): Promise<void> | void;
}
