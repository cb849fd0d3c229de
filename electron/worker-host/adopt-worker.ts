import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { WORKER_NOTE_FILE, workerNoteSchema, type WorkerNote } from '#shared/protocol/worker-note.ts';

const ASK_LIMIT_MS = 1500;
const LOOK_EVERY_MS = 250;

/** A process that can be watched and ended, whoever started it. */
export interface WatchedProcess {
  readonly exitCode: number | null;
  kill(signal: 'SIGTERM' | 'SIGKILL'): unknown;
  once(event: 'exit', listener: (code: number | null) => void): unknown;
}

export interface AdoptedWorker {
  readonly note: WorkerNote;
  readonly process: WatchedProcess;
}

/** Looks for a worker that an earlier desk left behind on this data folder, and makes sure that it is the one it says (IPC25). */
export async function adoptWorker(dataFolder: string, clock: Clock): Promise<AdoptedWorker | null> {
  const note = readNote(join(dataFolder, WORKER_NOTE_FILE));
  if (!note || !isAlive(note.pid)) return null;
  try {
    const answer = await fetch(`http://127.0.0.1:${String(note.port)}/readyz`, {
      signal: AbortSignal.timeout(ASK_LIMIT_MS),
    });
    const { workerId } = z.object({ workerId: z.string() }).parse(await answer.json());
    return workerId === note.workerId ? { note, process: new ForeignProcess(note.pid, clock) } : null;
  } catch {
    return null;
  }
}

function readNote(file: string): WorkerNote | null {
  try {
    return workerNoteSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process that is not our child tells nobody of its end: it is looked at. */
class ForeignProcess extends EventEmitter implements WatchedProcess {
  exitCode: number | null = null;
  readonly #pid: number;
  readonly #clock: Clock;
  #next: Cancel;

  constructor(pid: number, clock: Clock) {
    super();
    this.#pid = pid;
    this.#clock = clock;
    this.#next = clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(this.#pid, signal);
    } catch {
      // It has gone meanwhile; the next look tells.
    }
  }

  #look(): void {
    if (isAlive(this.#pid)) {
      this.#next = this.#clock.after(LOOK_EVERY_MS, () => this.#look());
      return;
    }
    this.#next();
    this.exitCode = 1;
    this.emit('exit', null);
  }
}
