import type { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** The caller has heard to the end that the call may be recorded. Recording never starts before this. */
export const consentAnnouncedSchema = callEvent('consent.announced', { chunkId: chunkIdSchema });
export type ConsentAnnounced = z.infer<typeof consentAnnouncedSchema>;
