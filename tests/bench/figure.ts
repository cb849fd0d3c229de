/** One measured figure, printed as one JSON line. */
export interface Figure {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** What was measured: ours, a peer, or a floor. */
  readonly arm: string;
  /** How many samples the value stands on. */
  readonly n: number;
  readonly goal: { readonly max: number } | { readonly min: number } | null;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface BenchOptions {
  readonly quick: boolean;
  readonly full: boolean;
}

export interface Bench {
  readonly name: string;
  readonly description: string;
  run(options: BenchOptions): AsyncGenerator<Figure>;
}

/** Value at a share of the sorted samples; a missing answer counts as infinity and is never left out. */
export function percentile(samples: readonly number[], ratio: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(ratio * sorted.length) - 1))] ?? Number.NaN;
}
