/** One question to another clock: when it was asked and answered here, and what the other clock said in between. */
export interface RoundTrip {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly otherMs: number;
}

export interface ClockOffset {
  /** Add it to the other clock's time to get ours. */
  readonly offsetMs: number;
  /** The offset is wrong by no more than this: half of the shortest round trip. */
  readonly boundMs: number;
}

/** The offset between two monotonic clocks from the shortest of some round trips (Cristian's method). */
export function clockOffset(trips: readonly RoundTrip[]): ClockOffset {
  const [first, ...rest] = trips;
  if (!first) throw new RangeError('an offset needs at least one round trip');
  const length = ({ askedMs, answeredMs }: RoundTrip): number => answeredMs - askedMs;
  const best = rest.reduce((shortest, trip) => (length(trip) < length(shortest) ? trip : shortest), first);
  return {
    offsetMs: (best.askedMs + best.answeredMs) / 2 - best.otherMs,
    boundMs: length(best) / 2,
  };
}
