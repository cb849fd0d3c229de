import { z } from 'zod';
import { callSummarySchema } from '#shared/domain/call-summary.ts';
import { readCallEvent } from '#shared/events/read-call-event.ts';
import { noticeSchema } from './notices.ts';
import { workerMessageSchema, type journalEntrySchema, type WorkerMessage } from './stream.ts';

const entrySchema = z.object({ position: z.number().int().nonnegative(), event: z.unknown() });
const listsSchema = z.looseObject({
  type: z.enum(['snapshot', 'batch']),
  entries: z.array(z.unknown()),
  notices: z.array(z.unknown()).optional(),
  calls: z.array(z.unknown()).optional(),
});

export interface ReadMessage {
  /** Null when nothing of it can be used. */
  readonly message: WorkerMessage | null;
  /** Something in it was not understood: the worker is of another version. */
  readonly isWhole: boolean;
}

/** Reads what a worker sends, also one of a newer version: what is not known is left out, everything else is kept (DAY20). */
export function readWorkerMessage(input: unknown): ReadMessage {
  const whole = workerMessageSchema.safeParse(input);
  if (whole.success) {
    const unreadable =
      'entries' in whole.data && whole.data.entries.some(({ event }) => event.type === 'event.unreadable');
    return { message: whole.data, isWhole: !unreadable };
  }
  const lists = listsSchema.safeParse(input);
  if (!lists.success) return { message: null, isWhole: false };
  const rest = workerMessageSchema.safeParse({
    ...lists.data,
    entries: lists.data.entries.map(readEntry).filter(entry => entry !== null),
    ...(lists.data.type === 'batch'
      ? { notices: (lists.data.notices ?? []).filter(notice => noticeSchema.safeParse(notice).success) }
      : { calls: (lists.data.calls ?? []).filter(call => callSummarySchema.safeParse(call).success) }),
  });
  return { message: rest.success ? rest.data : null, isWhole: false };
}

function readEntry(input: unknown): z.infer<typeof journalEntrySchema> | null {
  const entry = entrySchema.safeParse(input);
  const event = entry.success ? readCallEvent(entry.data.event) : null;
  return entry.success && event ? { position: entry.data.position, event } : null;
}
