import { z } from 'zod';

/** What a page asks for: the same paths as in the browser host. Apart from `shell.ts`, which the preload script loads whole. */
export const connectRequestSchema = z.strictObject({ path: z.string().startsWith('/').max(300) });

/**
 * What goes over a port beside text and frames: the page tells how many bytes it has taken, so that a page that hangs is
 * noticed; the desk says why it ends a connection before it closes the port.
 */
export const portTakenSchema = z.strictObject({ takenBytes: z.number().int().nonnegative() });
/** The page ends it: closing a port that was handed over is not told to the other end. */
export const portClosedSchema = z.strictObject({ closed: z.literal(true) });
export const portEndSchema = z.object({ ended: z.object({ code: z.number().int(), reason: z.string() }) });
