/** Quiet speech has to be seen: the ear is no ruler either. */
const heightOf = (peakRatio: number): number => Math.sqrt(peakRatio) * 0.94;

export interface SidePath {
  readonly peaks: readonly number[];
  readonly stretchMs: number;
  /** Where the first stretch begins on the axis. */
  readonly fromMs: number;
  /** Whether it grows up from the middle, or down. */
  readonly side: 'up' | 'down';
}

/** The outline of one side as an SVG path: x in milliseconds of the axis, y from -1 (up) to 1 (down), the middle at 0. */
export function sidePath({ peaks, stretchMs, fromMs, side }: SidePath): string {
  if (peaks.length === 0) return '';
  const sign = side === 'up' ? -1 : 1;
  const steps = peaks.map((peak, at) => {
    const y = (sign * heightOf(peak)).toFixed(3);
    return `V${y}H${Math.round(fromMs + (at + 1) * stretchMs)}`;
  });
  return `M${Math.round(fromMs)} 0${steps.join('')}V0Z`;
}
