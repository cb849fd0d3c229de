import pino, { type Logger } from 'pino';

export type { Logger };

/** Structured logs as JSON lines on standard error; standard output belongs to events. Messages are static, values are fields. */
export function createLog(level: string): Logger {
  return pino(
    { level, base: { part: 'worker' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
