import type { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Audio flows before the call is answered, as some lines do. */
export const callEarlyMediaSchema = callEvent('call.early-media', {});
export type CallEarlyMedia = z.infer<typeof callEarlyMediaSchema>;
