import { z } from 'zod';
import { callIdSchema, orgIdSchema, turnIdSchema } from '#shared/domain/ids.ts';
import { epochMsSchema } from '#shared/domain/units.ts';

/** Version of the event format. A reader that meets another one keeps the event and says so; it never guesses. */
export const EVENT_VERSION = 1;

/** What every call event carries. `seq` starts at 0 and has no gaps within a conversation. */
export const envelopeShape = {
  v: z.literal(EVENT_VERSION),
  /** UUIDv7. The same event delivered twice has the same id. */
  id: z.string().min(1).max(64),
  orgId: orgIdSchema,
  conversationId: callIdSchema,
  seq: z.number().int().nonnegative(),
  atMs: epochMsSchema,
  turnId: turnIdSchema.optional(),
};

/** The schema of one event type: the envelope, its literal `type`, and its own fields beside them. */
export function callEvent<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ ...envelopeShape, type: z.literal(type), ...shape });
}

/** Fields that describe who acted, repeated in every event that a person caused. */
export const actorShape = {
  userId: z.string(),
  userName: z.string(),
};
