import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { seededRandom, type Random } from '#shared/base/random.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { Torture, TortureOptions, TortureResult } from '../torture.ts';
import { runAndKill, type KillMoment } from './killed-worker.ts';
import { checkRun } from './log-check.ts';

/** Workers beside each other, each with a data folder of its own. */
const LANES = 2;
/** Runs after which a lane goes on in a new folder, so that reading the whole log stays quick. */
const RUNS_PER_FOLDER = 25;

/** A fifth of the kills meet the start, when calls of the run before are being closed; the others meet running calls. */
function killMoment(random: Random): KillMoment {
  return random() < 0.2
    ? { from: 'start', afterMs: 200 + random() * 1300 }
    : { from: 'ready', afterMs: random() * 4000 };
}

interface Sums {
  kills: number;
  ready: number;
  durableEvents: number;
  crashedCalls: number;
  spokenChunks: number;
  readonly failures: string[];
}

/** Real workers are killed at random moments and started again on the same data. */
export const killsTorture: Torture = {
  name: 'kills',
  description: 'SIGKILL of a real worker with running calls, again and again on the same data',
  fullCount: 500,
  async *run(options) {
    const sums: Sums = {
      kills: 0,
      ready: 0,
      durableEvents: 0,
      crashedCalls: 0,
      spokenChunks: 0,
      failures: [],
    };
    const perLane = Array.from({ length: Math.min(LANES, options.count) }, (_, lane) =>
      runLane(lane, Math.floor((options.count + LANES - 1 - lane) / LANES), options, sums),
    );
    await Promise.all(perLane);
    const { failures, ...figures } = sums;
    yield {
      torture: 'kills',
      part: null,
      count: sums.kills,
      seed: options.seed,
      failures,
      figures,
    } satisfies TortureResult;
  },
};

async function runLane(lane: number, kills: number, options: TortureOptions, sums: Sums): Promise<void> {
  const random = seededRandom(options.seed * 1000 + lane);
  for (let done = 0; done < kills; done += RUNS_PER_FOLDER)
    await runFolder(Math.min(RUNS_PER_FOLDER, kills - done), random, options, sums);
}

async function runFolder(kills: number, random: Random, options: TortureOptions, sums: Sums): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-kills-'));
  let callsBefore: ReadonlySet<string> = new Set();
  let counted = { crashedCalls: 0, spokenChunks: 0 };
  for (let index = 0; index < kills; index += 1) {
    const run = await runAndKill(folder, Math.floor(random() * 1e6), killMoment(random));
    const log = readLog(folder);
    const checked = checkRun(run, log, callsBefore);
    callsBefore = new Set(log.map(event => event.conversationId));
    sums.kills += 1;
    sums.ready += run.wasReady ? 1 : 0;
    sums.durableEvents += checked.durableEvents;
    sums.crashedCalls += checked.crashedCalls - counted.crashedCalls;
    sums.spokenChunks += checked.spokenChunks - counted.spokenChunks;
    counted = checked;
    for (const failure of checked.failures) if (!sums.failures.includes(failure)) sums.failures.push(failure);
    if (sums.kills % 25 === 0)
      options.onProgress(
        `${sums.kills} kills, ${sums.durableEvents} durable events, ${sums.failures.length} failures`,
      );
  }
  // A folder with failures is kept for whoever wants to look.
  if (sums.failures.length === 0) rmSync(folder, { recursive: true, force: true });
}

function readLog(folder: string): readonly CallEvent[] {
  const file = join(folder, 'worker.sqlite');
  try {
    const database = new Database(file, { fileMustExist: true });
    try {
      const payloads = database
        .prepare('SELECT payload_json FROM call_events ORDER BY position')
        .pluck()
        .all();
      return payloads.map(payload => JSON.parse(String(payload)) as CallEvent);
    } finally {
      database.close();
    }
  } catch (error) {
    // Killed before the database or its tables were there.
    if (error instanceof Error && /unable to open|no such table/u.test(error.message)) return [];
    throw error;
  }
}
