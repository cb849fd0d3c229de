import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlChannel } from '#shared/adapters/control-channel.ts';
import type { PassageVectors } from '#shared/adapters/passage-vectors.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { appError, type ErrorBody } from '#shared/errors/app-error.ts';
import { LOCAL_RECORD, type RecordFacts } from '#worker/control/record-facts.ts';
import type { WorkerHealth } from '#worker/control/worker-health.ts';
import { localControlChannel } from '#worker/store/local-control-channel.ts';
import { postgresControlChannel } from '#worker/store/postgres/postgres-control-channel.ts';
import { openPostgresStore } from '#worker/store/postgres/postgres-store.ts';
import { startForgetting } from '#worker/store/forget-taken.ts';
import type { SpoolFeedOptions } from '#worker/store/spool-feed.ts';
import { openSpooledStore } from '#worker/store/spooled-store.ts';
import { openSqliteSpool, openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import type { Logger } from './log.ts';
import { sendOldRecord } from './send-old-record.ts';
import { refusedFile } from './open-store.ts';

export interface RecordOptions {
  /** The data folder, which exists. */
  readonly folder: string;
  /** Of the team's database, with its password; never logged. `null` keeps the record on this machine alone. */
  readonly databaseUrl: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly health: WorkerHealth;
  readonly onLost: () => void;
}

export interface OpenRecord {
  readonly store: Store;
  readonly facts: () => RecordFacts;
  /** Where vectors can be searched in the team's database; `null` while it is away, and where it cannot. */
  readonly vectors: () => PassageVectors | null;
  /** To the workers of the team; to this one where it is alone. */
  readonly channel: ControlChannel;
}

/** The worker's record: on this machine, and from there in the team's database where one is named (PG10). Rejects with `storage.*`. */
export async function openRecord(options: RecordOptions): Promise<OpenRecord> {
  const { folder, databaseUrl, onLost } = options;
  if (databaseUrl === null || databaseUrl === '')
    return {
      store: await openSqliteStore({ file: join(folder, 'worker.sqlite'), onLost }),
      facts: () => LOCAL_RECORD,
      vectors: () => null,
      channel: localControlChannel(),
    };
  if (!/^postgres(?:ql)?:\/\//u.test(databaseUrl))
    throw appError('input.invalid', 'DATABASE_URL has to begin with postgres:// or postgresql://.');
  return openTeamRecord(options, databaseUrl);
}

async function openTeamRecord(
  { folder, clock, log, health, onLost }: RecordOptions,
  url: string,
): Promise<OpenRecord> {
  let facts: RecordFacts = { ...LOCAL_RECORD, where: 'team' };
  let vectors: PassageVectors | null = null;
  const refused = refusedFile(folder);
  const setAside: SpoolFeedOptions['setAside'] = (item, error) => {
    appendFileSync(refused, `${JSON.stringify(item)}\n`, { flush: true });
    log.error(
      { err: error, refusedFile: refused, method: item.method },
      'the team’s database refused a record; it is set aside',
    );
  };
  const local = await openSqliteSpool({ file: join(folder, 'spool.sqlite'), onLost });
  const store = await openSpooledStore({
    local,
    connect: async logId => {
      const team = await openPostgresStore({ url, logId });
      facts = { ...facts, ...team.facts };
      vectors = team.vectors ?? null;
      log.info({ logId, ...team.facts }, 'the team’s database is fed');
      if (!team.facts.rowSecurity)
        log.warn({}, 'the role of DATABASE_URL passes row security by: use one without special rights');
      return team;
    },
    clock,
    random: Math.random,
    onBehind: behind => {
      facts = { ...facts, behind: behind?.error.code ?? null };
      if (behind)
        log.warn({ code: behind.error.code, waiting: behind.waiting }, 'the team’s database is behind');
      else log.info({}, 'the team’s database is in step again');
      health.is(behind ? behindProblem(behind.error) : null, 'team');
    },
    setAside,
  });
  const old = sendOldRecord({
    folder,
    connect: logId => openPostgresStore({ url, logId }),
    clock,
    random: Math.random,
    setAside,
    log,
    health,
  });
  old.sent.catch((error: unknown) =>
    log.error({ err: error }, 'the record of this machine alone was not sent'),
  );
  const stopForgetting = startForgetting({
    local,
    clock,
    onError: error => log.error({ err: error }, 'old calls are still kept on this machine'),
  });
  const close = async (): Promise<void> => {
    stopForgetting();
    await old.stop();
    await store.close();
  };
  return {
    store: { ...store, close },
    facts: () => facts,
    vectors: () => vectors,
    channel: postgresControlChannel(url, clock),
  };
}

/** What people at a desk read meanwhile: nothing is lost and calls go on, but lists are not the team's. */
const behindProblem = ({ message }: ErrorBody): ErrorBody => ({
  code: 'team.behind',
  message: `${message} Calls go on and everything is kept on this machine until it is back; lists show this machine’s calls only.`,
  retryable: true,
  origin: 'worker',
});
