import { z } from 'zod';

/** Name of the note in the data folder. */
export const WORKER_NOTE_FILE = 'worker.json';

/**
 * What a bundled worker leaves in its data folder while it runs, readable by its user only: how a desk that was closed hard
 * finds the worker that goes on with its calls.
 */
export const workerNoteSchema = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().positive(),
  workerId: z.string(),
  bootSecret: z.string().min(16),
});
export type WorkerNote = z.infer<typeof workerNoteSchema>;
