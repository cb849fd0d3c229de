import { z } from 'zod';

/** An id that a desk may make: a UUID, or the name of a document that was read from a file. */
export const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u);
