import type { OwnChains } from '#shared/adapters/audit-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { TeamStore } from './spool.ts';

/** Writes of a moment go together. */
const GATHER_MS = 250;
/** A wake-up that got lost, or an answer, costs at most this. */
const POLL_MS = 5_000;
/** Chains that travel at the same time; frames of one chain follow each other. Source: research/sync.md B8. */
const FRAMES = 4;
const FRAME_ENTRIES = 1_000;

export interface AuditFeedOptions {
  readonly local: OwnChains;
  /** The team's store; `null` while it is away or behind. */
  readonly team: () => Promise<TeamStore | null>;
  readonly clock: Clock;
}

export interface AuditFeed {
  /** Something was written. */
  ring(): void;
  /** Sends everything that waits now. @returns whether it all arrived */
  drain(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Sends the chains that this worker writes to the team's store. Its answer moves a chain on, never the sending (SYN4, SYN13). */
export function startAuditFeed({ local, team, clock }: AuditFeedOptions): AuditFeed {
  let stopped = false;
  let running: Promise<boolean> | null = null;
  let cancel = (): void => undefined;

  const sendAll = async (): Promise<boolean> => {
    for (let before = ''; ;) {
      const waiting = await local.ownFrames(FRAMES, FRAME_ENTRIES);
      if (waiting.length === 0) return true;
      // An answer that moves nothing is asked for again later, and not over and over.
      const now = JSON.stringify(
        waiting.map(({ orgId, frame }) => [orgId, frame.deviceId, frame.epoch, frame.entries[0]?.seq]),
      );
      if (now === before) return false;
      before = now;
      const store = await team();
      if (!store) return false;
      await Promise.all(
        waiting.map(async ({ orgId, frame }) => {
          const answer = await store.receiveFrame(orgId, frame, clock.now());
          await local.ownAnswered(orgId, frame.deviceId, answer, clock.now());
        }),
      );
    }
  };
  const drain = (): Promise<boolean> => {
    // Whatever fails, the chain is where it was; the timer tries again.
    running ??= sendAll()
      .catch(() => false)
      .finally(() => (running = null));
    return running;
  };
  const plan = (delayMs: number): void => {
    cancel();
    if (stopped) return;
    cancel = clock.after(delayMs, () => void drain().finally(() => plan(POLL_MS)));
  };
  let isRung = false;
  plan(POLL_MS);
  return {
    ring: () => {
      if (isRung || stopped) return;
      isRung = true;
      clock.after(GATHER_MS, () => {
        isRung = false;
        if (!stopped) void drain();
      });
    },
    drain: async () => {
      await running;
      return drain();
    },
    stop: async () => {
      stopped = true;
      cancel();
      await running;
    },
  };
}
