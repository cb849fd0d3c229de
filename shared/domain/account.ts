import { z } from 'zod';
import type { OrgId, UserId } from './ids.ts';
import { roleSchema, type Role } from './roles.ts';

/** Addresses are compared as people type them: without regard to case and to spaces around them. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/u, 'This is not an e-mail address.');

/** Length, and no rules about signs. Source: NIST SP 800-63B 3.1.1.2 (at least 12 where nothing else is asked for; 64 and more allowed). */
export const MIN_PASSWORD_CHARS = 12;
export const MAX_PASSWORD_CHARS = 256;
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_CHARS, `Use at least ${String(MIN_PASSWORD_CHARS)} characters.`)
  .max(MAX_PASSWORD_CHARS);
export const personNameSchema = z.string().trim().min(1).max(120);

/** `invited`: has a temporary password and has not signed in yet. */
export const ACCOUNT_STATUSES = ['invited', 'active', 'deactivated'] as const;
export const accountStatusSchema = z.enum(ACCOUNT_STATUSES);
export type AccountStatus = z.infer<typeof accountStatusSchema>;

/** A person of an org as admins see them (req:M2). */
export interface Account {
  readonly userId: UserId;
  readonly orgId: OrgId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly status: AccountStatus;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number | null;
}

/** An account as it is told to a desk. */
export const accountSchema = z.object({
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  status: accountStatusSchema,
  createdAtMs: z.number(),
  lastSeenAtMs: z.number().nullable(),
});
export type ToldAccount = z.infer<typeof accountSchema>;

export const toldAccount = ({ orgId: _orgId, ...account }: Account): ToldAccount => account;

/** An org (req:M1). */
export interface Org {
  readonly id: OrgId;
  readonly name: string;
  readonly createdAtMs: number;
}
