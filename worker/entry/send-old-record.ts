import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { WorkerHealth } from '#worker/control/worker-health.ts';
import type { SpoolingStore } from '#worker/store/spool.ts';
import { startSpoolFeed, type SpoolFeedOptions } from '#worker/store/spool-feed.ts';
import { openSqliteSpool } from '#worker/store/sqlite/sqlite-store.ts';
import type { Logger } from './log.ts';
import { closeOpenCalls, openJournal } from './open-store.ts';
import { newId } from './session-parts.ts';

/** How often it is looked whether everything has arrived. */
const LOOK_EVERY_MS = 500;

/** Beside the record: up to which entry of it everything waits to be sent, or is sent. */
const markSchema = z.object({ head: z.number().int(), isSent: z.boolean() });
type Mark = z.infer<typeof markSchema>;

export interface OldRecordOptions extends Pick<
  SpoolFeedOptions,
  'connect' | 'clock' | 'random' | 'setAside'
> {
  readonly folder: string;
  readonly log: Logger;
  readonly health: WorkerHealth;
}

/**
 * Sends the record that this worker kept before there was a team's database, `worker.sqlite`, to that database: as a log of its
 * own, once, and from where it was when it is interrupted (PG17). What a worker without a database has added to it since is sent
 * too. @returns when it is sent, and how to end it before
 */
export function sendOldRecord(options: OldRecordOptions): {
  readonly sent: Promise<void>;
  stop(): Promise<void>;
} {
  const { folder, log } = options;
  const file = join(folder, 'worker.sqlite');
  const stop = new AbortController();
  const send = async (): Promise<void> => {
    if (!existsSync(file)) return;
    const local = await openSqliteSpool({ file });
    try {
      let mark = readMark(folder);
      while (!stop.signal.aborted && !(mark?.isSent === true && mark.head === (await local.head()))) {
        if (mark === null || mark.isSent) mark = await queueAll(local, mark, options);
        log.info(
          { file, ...(await local.spoolState()) },
          'the record of this machine alone is sent to the team',
        );
        if (!(await sendQueued(local, options, stop.signal))) return;
        mark = { head: mark.head, isSent: true };
        writeMark(folder, mark);
        log.info({ file }, 'the record of this machine alone is in the team’s database');
      }
    } finally {
      await local.close();
    }
  };
  const sent = send();
  return {
    sent,
    stop: async () => {
      stop.abort();
      await sent.catch(() => undefined);
    },
  };
}

/** Tickets only the first time: later the team's have changed. */
async function queueAll(
  local: SpoolingStore,
  before: Mark | null,
  { folder, log, health }: OldRecordOptions,
): Promise<Mark> {
  // Nobody goes on with what a crash has left open there.
  const journal = await openJournal(folder, local, log, health);
  await closeOpenCalls(local, journal, newId);
  await local.restartSpool(before === null ? 'all' : 'waiting');
  const mark = { head: await local.head(), isSent: false };
  // Killed before this, everything is queued again, and passed by where it has arrived.
  writeMark(folder, mark);
  return mark;
}

/** @returns false when it was ended before everything had arrived */
async function sendQueued(
  local: SpoolingStore,
  { connect, clock, random, setAside }: OldRecordOptions,
  stop: AbortSignal,
): Promise<boolean> {
  const feed = startSpoolFeed({ local, connect, clock, random, setAside, onBehind: () => undefined });
  feed.first.catch(() => undefined);
  try {
    while ((await local.spoolState()).waiting > 0) {
      if (stop.aborted) return false;
      await new Promise<void>(resolve => clock.after(LOOK_EVERY_MS, resolve));
    }
    return true;
  } finally {
    await feed.stop();
  }
}

const markFile = (folder: string): string => join(folder, 'worker.sent.json');

function readMark(folder: string): Mark | null {
  try {
    return markSchema.parse(JSON.parse(readFileSync(markFile(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** Written whole or not at all. */
function writeMark(folder: string, mark: Mark): void {
  writeFileSync(`${markFile(folder)}.new`, JSON.stringify(mark), { flush: true });
  renameSync(`${markFile(folder)}.new`, markFile(folder));
}
