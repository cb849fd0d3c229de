import type { Clock } from '#shared/domain/clock.ts';
import { AppError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import type { SpooledItem, SpoolingStore, SpoolMark, TeamStore } from './spool.ts';

/** What is handed out at a time: a database that was away for a day must not fill the memory. */
const PAGE_ITEMS = 64;
const PAGE_ENTRIES = 2_000;
/** Doubling, with a share by chance, so that a team's workers do not come back all at once. Source: research/sync.md A4. */
const RETRY_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const CHANCE_SHARE = 0.5;

export interface SpoolFeedOptions {
  readonly local: SpoolingStore;
  /** Opens the team's store as the writer of this log; rejects with `storage.*`. */
  readonly connect: (logId: string) => Promise<TeamStore>;
  readonly clock: Clock;
  readonly random: () => number;
  /** The team's record is behind, why, and how much waits; `null` when it is in step again. Told at each try that failed. */
  readonly onBehind: (behind: { readonly error: ErrorBody; readonly waiting: number } | null) => void;
  /** Keeps what the team's store refuses for what it holds durably elsewhere before it returns; throws when it cannot. */
  readonly setAside: (item: SpooledItem, error: unknown) => void;
}

export interface SpoolFeed {
  /** Something waits. */
  ring(): void;
  /** The team's store once everything that waits now is in it; `null` when it is away, or not in step in time. */
  inStep(limitMs: number): Promise<TeamStore | null>;
  /** Tries once to reach the team's store. Rejects with why not; it is tried again anyway. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

/** Feeds the team's store from this machine's, in order, each piece exactly once in effect, for as long as it takes (PG11-PG14). */
export function startSpoolFeed({
  local,
  connect,
  clock,
  random,
  onBehind,
  setAside,
}: SpoolFeedOptions): SpoolFeed {
  let team: TeamStore | null = null;
  let stopped = false;
  let wake: (() => void) | null = null;
  let failures = 0;
  let isBehind = false;
  /** Writes so far, and up to which of them everything is in the team's store. */
  let written = 0;
  let settled = -1;
  const waiters = new Set<() => void>();
  const first = Promise.withResolvers<undefined>();
  first.promise.catch(() => undefined);

  const settleAll = (): void => {
    for (const settle of waiters) settle();
  };
  /** Until `wake` is called or so much time has passed. */
  const pause = async (delayMs: number | null): Promise<void> => {
    await new Promise<void>(resolve => {
      const cancel = delayMs === null ? () => undefined : clock.after(delayMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
    wake = null;
  };
  const feedOnce = async (): Promise<void> => {
    team ??= await join(local, connect);
    first.resolve(undefined);
    const seen = written;
    const items = await local.spooledItems(PAGE_ITEMS, PAGE_ENTRIES);
    const last = items.at(-1);
    if (last) {
      await handOver(team, items, setAside);
      await local.spoolTaken(last);
    }
    failures = 0;
    if (isWholePage(items)) return;
    settled = seen;
    settleAll();
    if (isBehind) onBehind(null);
    isBehind = false;
    if (written === seen && !stopped) await pause(null);
  };
  const fail = async (error: unknown): Promise<void> => {
    first.reject(error);
    const { waiting } = await local.spoolState().catch(() => ({ waiting: 0 }));
    isBehind = true;
    onBehind({ error: toErrorBody(error, 'worker'), waiting });
    const broken = team;
    team = null;
    settled = -1;
    settleAll();
    await broken?.close().catch(() => undefined);
    const delayMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0;
    failures += 1;
    if (!stopped) await pause(delayMs * (1 - CHANCE_SHARE * random()));
  };
  const running = (async () => {
    while (!stopped) await feedOnce().catch(fail);
    await (team as TeamStore | null)?.close().catch(() => undefined);
  })();

  return {
    ring: () => {
      written += 1;
      // While the team's store is away its own timer wakes the feed, however much is written meanwhile.
      if (team) wake?.();
    },
    first: first.promise.then(() => undefined),
    inStep: async limitMs => {
      const target = written;
      if (team && settled < target)
        await untilSettled(waiters, () => settled >= target || !team, clock, limitMs);
      return settled >= target ? team : null;
    },
    stop: async () => {
      stopped = true;
      wake?.();
      await running;
      team = null;
      settleAll();
    },
  };
}

/** Whether more may wait behind these. */
const isWholePage = (items: readonly SpooledItem[]): boolean =>
  items.length >= PAGE_ITEMS || entriesIn(items) >= PAGE_ENTRIES;
const entriesIn = (items: readonly SpooledItem[]): number =>
  items.reduce((sum, item) => sum + (item.method === 'append' ? item.args[0].length : 0), 0);

function untilSettled(
  waiters: Set<() => void>,
  isSettled: () => boolean,
  clock: Clock,
  limitMs: number,
): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      cancel();
      waiters.delete(look);
      resolve();
    };
    const look = (): void => {
      if (isSettled()) end();
    };
    const cancel = clock.after(limitMs, end);
    waiters.add(look);
  });
}

export type Meeting = 'same' | 'answer-lost' | 'restart';

/**
 * What the two sides' marks mean. The team's is ahead when its answer was lost; whether that piece really was ours only the spool
 * knows. Anything else is a record or a database that was put back from a copy (PG13).
 */
export function meet(here: SpoolMark | null, there: SpoolMark | null): Meeting {
  if (there === null) return here === null ? 'same' : 'restart';
  if (here === null || there.number > here.number) return 'answer-lost';
  return there.number === here.number && there.token === here.token ? 'same' : 'restart';
}

/** Opens the team's store and finds where the two sides stand. */
async function join(local: SpoolingStore, connect: SpoolFeedOptions['connect']): Promise<TeamStore> {
  const { logId, taken } = await local.spoolState();
  const team = await connect(logId);
  try {
    const mark = await team.spoolMark();
    const meeting = meet(taken, mark);
    if (meeting === 'same') return team;
    if (meeting === 'answer-lost' && mark && (await local.spoolTaken(mark))) return team;
  } catch (error) {
    await team.close();
    throw error;
  }
  await team.close();
  return connect(await local.restartSpool('waiting'));
}

const isRefusal = (error: unknown): boolean =>
  AppError.is(error) && error.body.code === 'storage.failed' && !error.body.retryable;

/** All at once; when something among them is refused, one by one, and only what is at fault is set aside. */
async function handOver(
  team: TeamStore,
  items: readonly SpooledItem[],
  setAside: SpoolFeedOptions['setAside'],
): Promise<void> {
  try {
    await team.takeOver(items);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [only] = items;
    if (items.length > 1) for (const item of items) await handOver(team, [item], setAside);
    else if (only) await passBy(team, only, error, setAside);
  }
}

async function passBy(
  team: TeamStore,
  item: SpooledItem,
  error: unknown,
  setAside: SpoolFeedOptions['setAside'],
): Promise<void> {
  if (item.method !== 'append') setAside(item, error);
  else
    for (const entry of item.args[0])
      await team.append([entry]).catch((refusal: unknown) => {
        if (!isRefusal(refusal)) throw refusal;
        setAside({ ...item, args: [[entry]] }, refusal);
      });
  await team.takeOver([{ number: item.number, token: item.token, method: 'append', args: [[]] }]);
}
