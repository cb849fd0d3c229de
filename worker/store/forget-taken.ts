import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { SpoolingStore } from './spool.ts';

/** As long as a database that was put back from a copy can be given everything again (PG13). */
export const KEPT_HERE_MS = 30 * 86_400_000;
const LOOK_EVERY_MS = 3_600_000;
/** Between two portions: calls write to the same thread. */
const PORTION_EVERY_MS = 1000;

export interface ForgetTakenDeps {
  readonly local: Pick<SpoolingStore, 'forgetTaken'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Forgets, once an hour and in portions, what the team's store has had for long (PG16). @returns stops it */
export function startForgetting({ local, clock, onError }: ForgetTakenDeps): Cancel {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const look = async (): Promise<void> => {
    const forgotten = await local.forgetTaken(clock.now() - KEPT_HERE_MS).catch((error: unknown) => {
      onError(error);
      return 0;
    });
    if (!stopped) cancel = clock.after(forgotten > 0 ? PORTION_EVERY_MS : LOOK_EVERY_MS, () => void look());
  };
  void look();
  return () => {
    stopped = true;
    cancel();
  };
}
