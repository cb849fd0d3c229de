/** Below this people begin to complain. */
export const POOR_MOS = 3.8;
/** A poor line has to be clearly better before it counts as well again. */
export const RECOVERED_MOS = 4;
const SLIDING_MS = 30_000;

interface Reading {
  readonly atMs: number;
  readonly windowMs: number;
  readonly mos: number;
}

/** One direction of one call. */
export interface QualityAlert {
  readonly poor: boolean;
  /** Of the last 30 s, the newest last. */
  readonly readings: readonly Reading[];
}

export const NO_ALERT: QualityAlert = { poor: false, readings: [] };

/** Whether a direction is poor after one more reading (MOS3). Readings come in the order of their time. */
export function stepQualityAlert({ poor, readings: before }: QualityAlert, reading: Reading): QualityAlert {
  const readings = [...before, reading].filter(({ atMs }) => atMs > reading.atMs - SLIDING_MS);
  if (readings.reduce((total, { windowMs }) => total + windowMs, 0) < SLIDING_MS) return { poor, readings };
  const mean = meanMos(readings);
  return { poor: poor ? mean < RECOVERED_MOS : mean < POOR_MOS, readings };
}

export const meanMos = (readings: readonly { readonly mos: number }[]): number =>
  readings.reduce((total, { mos }) => total + mos, 0) / readings.length;
