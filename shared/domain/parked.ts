import { z } from 'zod';

/**
 * Where a caller is whom the line has for a transfer: on hold while somebody is called, on hold while that one is told of the call,
 * or with the colleague who has picked up.
 */
export const parkedWithSchema = z.enum(['hold', 'briefing', 'colleague']);
export type ParkedWith = z.infer<typeof parkedWithSchema>;
