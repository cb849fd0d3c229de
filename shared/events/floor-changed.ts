import { z } from 'zod';
import { floorHolderSchema } from '#shared/domain/call.ts';
import { callEvent } from './envelope.ts';

/** Who may speak to the caller changed. */
export const floorChangedSchema = callEvent('floor.changed', {
  holder: floorHolderSchema,
  cause: z.enum(['barge', 'take-over', 'step-down', 'hand-back', 'undo', 'lease-lost']),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
});
export type FloorChanged = z.infer<typeof floorChangedSchema>;
