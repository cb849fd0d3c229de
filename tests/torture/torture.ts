/** One line of a torture: what was done how often, what was found wrong, and figures that show that it was real. */
export interface TortureResult {
  readonly torture: string;
  /** The part of it, where there are several, such as the boundary that was fuzzed. */
  readonly part: string | null;
  readonly count: number;
  readonly seed: number;
  /** Empty when it held. */
  readonly failures: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

export interface TortureOptions {
  readonly count: number;
  readonly seed: number;
  /** Words on how far it is, for whoever waits. */
  readonly onProgress: (text: string) => void;
}

/** Something that is done to the product very often, at random moments of a fixed seed. */
export interface Torture {
  readonly name: string;
  readonly description: string;
  /** How often in a full run. */
  readonly fullCount: number;
  run(options: TortureOptions): AsyncIterable<TortureResult>;
}
