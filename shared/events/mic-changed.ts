import type { z } from 'zod';
import { micModeSchema } from '#shared/domain/audibility.ts';
import { actorShape, callEvent } from './envelope.ts';

/** A person's microphone changed its mode on this call. */
export const micChangedSchema = callEvent('mic.changed', {
  ...actorShape,
  from: micModeSchema,
  to: micModeSchema,
});
export type MicChanged = z.infer<typeof micChangedSchema>;
