import pg from 'pg';
import type { ControlChannel, HeardWord } from '#shared/adapters/control-channel.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { controlWordSchema, type ControlWord } from '#shared/protocol/control-channel.ts';
import { TYPES } from './connection.ts';
import { toPostgresError } from './postgres-error.ts';

const CHANNEL = 'sidetone_control';
const AGAIN_MS = 1_000;
const CONNECT_LIMIT_MS = 5_000;
/** A network that swallows packets tells nobody: so often the connection is tried. */
const PROBE_EVERY_MS = 15_000;
const PROBE_LIMIT_MS = 5_000;

/**
 * The channel of a team: LISTEN and NOTIFY on a connection of its own, made again whenever it breaks. Opens without waiting, as the
 * database may be away; each time it hears again after that, `maybe-missed` is told first.
 */
export function postgresControlChannel(url: string, clock: Clock): ControlChannel {
  const listeners = new Set<(word: HeardWord) => void>();
  const tell = (word: HeardWord): void => {
    for (const listener of listeners) listener(word);
  };
  let speaking: pg.Client | null = null;
  let isClosed = false;
  let wake: (() => void) | null = null;
  const pause = (delayMs: number): Promise<void> =>
    new Promise(resolve => {
      const cancel = clock.after(delayMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
      if (isClosed) wake();
    });

  const listenOnce = async (): Promise<void> => {
    const client = new pg.Client({
      connectionString: url,
      types: TYPES,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      query_timeout: PROBE_LIMIT_MS,
      application_name: 'sidetone-control',
    });
    let isBroken = false;
    const broken = (): void => {
      isBroken = true;
      wake?.();
    };
    client.on('error', broken);
    client.on('end', broken);
    client.on('notification', ({ payload }) => {
      const word = readWord(payload ?? '');
      if (word) tell(word);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      speaking = client;
      tell({ type: 'maybe-missed' });
      while (!isClosed && !isBroken) {
        await pause(PROBE_EVERY_MS);
        if (!isClosed && !isBroken) await client.query('SELECT 1');
      }
    } finally {
      speaking = null;
      await client.end().catch(() => undefined);
    }
  };
  const running = (async () => {
    while (!isClosed) {
      await listenOnce().catch(() => undefined);
      if (!isClosed) await pause(AGAIN_MS);
    }
  })();
  return {
    say: async word => {
      try {
        if (!speaking) throw new Error('Connection terminated');
        await speaking.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(word)]);
      } catch (error) {
        throw toPostgresError(error);
      }
    },
    onWord: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      isClosed = true;
      wake?.();
      listeners.clear();
      await running;
    },
  };
}

/** Whoever may enter the database may say anything there. */
function readWord(payload: string): ControlWord | null {
  try {
    const parsed = controlWordSchema.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
