import type { Torture, TortureResult } from '../torture.ts';
import { FUZZ_TARGETS } from './targets.ts';
import { runFuzz } from './run-fuzz.ts';

/** Every boundary that parses input, one result each. */
export const fuzzTorture: Torture = {
  name: 'fuzz',
  description: 'garbage, near-valid, huge and deep input at every boundary; always an answer, never a crash',
  fullCount: 10_000,
  async *run({ count, seed, onProgress }) {
    for (const target of FUZZ_TARGETS) {
      onProgress(target.name);
      const { failures, answers } = await runFuzz(target, count, seed);
      yield {
        torture: 'fuzz',
        part: target.name,
        count,
        seed,
        failures,
        figures: answers,
      } satisfies TortureResult;
    }
  },
};
