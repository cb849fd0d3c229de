const FIRST_MS = 250;
const MOST_MS = 5000;

/** Wait before the next try, doubled each time up to 5 s; half of it by lot, so that a fleet does not come back at once. */
export function reconnectDelayMs(failures: number, lot: number): number {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return whole / 2 + (whole / 2) * lot;
}
