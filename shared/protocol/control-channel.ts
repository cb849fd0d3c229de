import { z } from 'zod';
import { callIdSchema, orgIdSchema } from '#shared/domain/ids.ts';
import { errorBodySchema } from '#shared/errors/app-error.ts';

const requestId = z.string().min(1).max(64);

/** What the workers of a team say to each other (KN40). Small: PostgreSQL carries at most 8,000 bytes a word. */
export const controlWordSchema = z.discriminatedUnion('type', [
  /** Lets a scripted caller ring on one worker, which answers. */
  z.object({
    type: z.literal('start-session'),
    requestId,
    workerId: z.string(),
    orgId: orgIdSchema,
    scenario: z.string().max(200).nullable(),
  }),
  /** Ends a call; the worker that has it answers. `userId` and `userName` asked for it, and had the right. */
  z.object({
    type: z.literal('end-session'),
    requestId,
    orgId: orgIdSchema,
    callId: callIdSchema,
    userId: z.string(),
    userName: z.string(),
  }),
  z.object({ type: z.literal('done'), requestId, callId: callIdSchema }),
  z.object({ type: z.literal('failed'), requestId, error: errorBodySchema }),
  z.object({ type: z.literal('reload-policy'), orgId: orgIdSchema }),
  z.object({ type: z.literal('rotate-knowledge'), orgId: orgIdSchema }),
  /** Documents have changed; the counter tells which. */
  z.object({ type: z.literal('knowledge-changed'), orgId: orgIdSchema }),
]);
export type ControlWord = z.infer<typeof controlWordSchema>;
