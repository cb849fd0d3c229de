import { type z } from 'zod';
import { linkStateSchema } from './commands.ts';

/** Desk core to renderer, unasked. */
export const deskNotices = {
  'link-changed': linkStateSchema,
} as const satisfies Record<string, z.ZodType>;

export type DeskNoticeName = keyof typeof deskNotices;
export type DeskNotice<N extends DeskNoticeName> = z.infer<(typeof deskNotices)[N]>;
