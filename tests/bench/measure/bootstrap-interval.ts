import type { Random } from '#shared/base/random.ts';
import { percentile } from '../figure.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 95 % interval of the median of some repeats, by drawing them again and again with replacement. */
export function bootstrapInterval(values: readonly number[], random: Random, draws = 2000): Interval {
  if (values.length === 0) return { low: Number.NaN, high: Number.NaN };
  const medians = Array.from({ length: draws }, () =>
    percentile(
      values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN),
      0.5,
    ),
  );
  return { low: percentile(medians, 0.025), high: percentile(medians, 0.975) };
}
