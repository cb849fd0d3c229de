import { z } from 'zod';
import { linkStateSchema } from './commands.ts';
import { syncStatusSchema } from './sync-status.ts';

/** Desk core to renderer, unasked. */
export const deskNotices = {
  'link-changed': linkStateSchema,
  'sync-changed': syncStatusSchema,
  /** A capsule was opened outside of the page: `take-waiting-capsule` gives it. */
  'capsule-waiting': z.object({}),
  /** Documents that are not what they were, on this desk or by others. */
  'knowledge-changed': z.object({ docIds: z.array(z.string()) }),
} as const satisfies Record<string, z.ZodType>;

export type DeskNoticeName = keyof typeof deskNotices;
export type DeskNotice<N extends DeskNoticeName> = z.infer<(typeof deskNotices)[N]>;
