import pg from 'pg';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { AppError } from '#shared/errors/app-error.ts';
import { parseEvent } from '../row-values.ts';
import { WAKE_CHANNEL } from './append.ts';
import { TYPES } from './connection.ts';
import { toPostgresError } from './postgres-error.ts';

/** A place in what the team has written: the transaction, and the position within it. */
export interface WriteCursor {
  readonly transaction: string;
  readonly position: number;
}

export interface FollowOptions {
  /** Where to go on; `null` begins with the first event ever. */
  readonly after: WriteCursor | null;
  readonly onEvents: (events: readonly CallEvent[], cursor: WriteCursor) => void;
  /** The connection was lost; it is made again by itself. */
  readonly onLost?: (error: AppError) => void;
  /** A wake-up that got lost costs at most this. */
  readonly pollMs?: number;
}

const POLL_MS = 15_000;
const AGAIN_MS = 1_000;
const PAGE = 1_000;

/**
 * Every event of every log, once, in the order of transactions. Only those older than every transaction that still runs are
 * shown: so none appears behind the cursor (research/sync.md A4, B8). Wake-ups carry nothing: losing them costs time only.
 */
export function followWrites(
  url: string,
  { after, onEvents, onLost, pollMs = POLL_MS }: FollowOptions,
): () => Promise<void> {
  let cursor = after;
  let wake: (() => void) | null = null;
  let woken = false;
  const stop = new AbortController();
  const ring = (): void => {
    woken = true;
    wake?.();
  };
  /** Until somebody rings or so much time has passed. */
  const wait = async (limitMs: number): Promise<void> => {
    if (!woken && !stop.signal.aborted)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, limitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    woken = false;
    wake = null;
  };
  const followOnce = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, types: TYPES, keepAlive: true });
    let broken: Error | null = null;
    client.on('error', error => {
      broken = error;
      ring();
    });
    client.on('notification', ring);
    try {
      await client.connect();
      await client.query(`SELECT set_config('sidetone.scope', 'every-org', false)`);
      await client.query(`LISTEN ${WAKE_CHANNEL}`);
      while (!stop.signal.aborted) {
        const page = await readPage(client, cursor);
        if (stop.signal.aborted) return;
        cursor = page.cursor ?? cursor;
        if (page.events.length > 0 && cursor) onEvents(page.events, cursor);
        // Somebody still writes before what is written already: look again soon, as no wake-up may follow.
        if (page.events.length < PAGE) await wait(page.isBehind ? Math.min(50, pollMs) : pollMs);
        if (broken !== null) throw broken as Error;
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const running = (async () => {
    while (!stop.signal.aborted)
      try {
        await followOnce();
      } catch (error) {
        onLost?.(toPostgresError(error));
        woken = false;
        await wait(AGAIN_MS);
      }
  })();
  return async () => {
    stop.abort();
    ring();
    await running;
  };
}

interface Page {
  readonly events: readonly CallEvent[];
  readonly cursor: WriteCursor | null;
  readonly isBehind: boolean;
}

async function readPage(client: pg.Client, cursor: WriteCursor | null): Promise<Page> {
  const { rows } = await client.query<{ xid: string; position: number; payload_json: string }>({
    name: 'written-since',
    text: `SELECT xid::text AS xid, position, payload_json FROM call_events
           WHERE (xid, position) > ($1::xid8, $2::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY call_events.xid, position LIMIT ${String(PAGE)}`,
    values: [cursor?.transaction ?? '0', cursor?.position ?? -1],
  });
  const last = rows.at(-1);
  const next = last ? { transaction: last.xid, position: last.position } : cursor;
  const behind = await client.query({
    name: 'written-but-not-shown',
    text: 'SELECT 1 FROM call_events WHERE xid > $1::xid8 AND xid >= pg_snapshot_xmin(pg_current_snapshot()) LIMIT 1',
    values: [next?.transaction ?? '0'],
  });
  return {
    events: rows.map(row => parseEvent(row.payload_json)),
    cursor: next,
    isBehind: (behind.rowCount ?? 0) > 0,
  };
}
