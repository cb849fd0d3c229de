import type { Clock } from '#shared/domain/clock.ts';

/** Waits between attempts; a server that is being restarted is back within them. */
const WAITS_MS = [500, 1000, 2000, 4000, 8000] as const;

/** The part of LiveKit's room API that takes somebody out. Resolves, too, when they are not there. */
export type RemoveMember = (roomName: string, identity: string) => Promise<void>;

/**
 * Takes somebody out of a room, and tries again while the server does not answer: a phone whose AI has left hears nothing and
 * stays connected (SIP6). Never rejects; gives up with `onError`.
 */
export async function removeUntilGone(
  remove: () => Promise<void>,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<void> {
  for (const waitMs of [...WAITS_MS, null]) {
    try {
      await remove();
      return;
    } catch (error) {
      if (waitMs === null) onError(error);
      else await new Promise<void>(resolve => clock.after(waitMs, resolve));
    }
  }
}
