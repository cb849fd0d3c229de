import type { Account, AccountStatus, Org } from '../domain/account.ts';
import type { OrgId, UserId } from '../domain/ids.ts';
import type { Role } from '../domain/roles.ts';
import type { EpochMs } from '../domain/units.ts';

/** What signing in needs to know of an account; leaves the worker never. */
export interface Credentials {
  readonly account: Account;
  /** Argon2id in its own text form. */
  readonly passwordHash: string;
  /** A temporary password is good until then and has to be replaced; null for one that a person chose. */
  readonly temporaryUntilMs: number | null;
}

export interface NewSession {
  /** The family: every refresh token of one sign-in belongs to it. */
  readonly sessionId: string;
  readonly orgId: OrgId;
  readonly userId: UserId;
  /** Which desk; chosen by it, random. */
  readonly device: string;
  /** SHA-256 of the token; the token itself is kept nowhere. */
  readonly tokenHash: string;
  readonly atMs: EpochMs;
  readonly expiresAtMs: EpochMs;
}

export interface Rotation {
  readonly tokenHash: string;
  readonly nextHash: string;
  readonly device: string;
  readonly atMs: EpochMs;
  /** End of the token that is given out now. */
  readonly expiresAtMs: EpochMs;
  /** So long after its use the same desk may use a token again, because the answer may have been lost (ACC7). */
  readonly graceMs: number;
}

/** What became of a refresh token. `reused`: all tokens of its family are void now. */
export type RotationOutcome =
  | { readonly name: 'rotated'; readonly sessionId: string; readonly account: Account }
  | { readonly name: 'reused'; readonly sessionId: string; readonly orgId: OrgId; readonly userId: UserId }
  | { readonly name: 'void' };

export type AccountChange = Partial<{
  readonly name: string;
  readonly role: Role;
  readonly status: Exclude<AccountStatus, 'invited'>;
}>;

/**
 * Orgs, people and their sessions. All methods reject with `storage.*`. An e-mail address belongs to one account of the whole
 * installation, so that it alone says who signs in.
 */
export interface AccountBook {
  /** The same again changes nothing. */
  addOrg(org: Org): Promise<void>;
  org(orgId: OrgId): Promise<Org | null>;
  /** @returns false when somebody has the address */
  addAccount(credentials: Credentials): Promise<boolean>;
  /** Of whichever org. */
  credentials(email: string): Promise<Credentials | null>;
  account(orgId: OrgId, userId: UserId): Promise<Account | null>;
  /** By name. */
  accounts(orgId: OrgId): Promise<readonly Account[]>;
  /** `last-admin`: it would leave the org without an active admin; nothing is changed. */
  changeAccount(
    orgId: OrgId,
    userId: UserId,
    change: AccountChange,
  ): Promise<'done' | 'unknown' | 'last-admin'>;
  /** A password that is not temporary makes an invited account active. @returns false when there is no such account */
  setPassword(
    orgId: OrgId,
    userId: UserId,
    password: Pick<Credentials, 'passwordHash' | 'temporaryUntilMs'>,
  ): Promise<boolean>;
  openSession(session: NewSession): Promise<void>;
  /** Replaces a refresh token by the next one, in one transaction. */
  rotateSession(rotation: Rotation): Promise<RotationOutcome>;
  /** Ends sessions of one person: one, all, or all but one. @returns those that had not ended before */
  endSessions(
    orgId: OrgId,
    userId: UserId,
    which: { readonly only?: string; readonly except?: string },
    atMs: EpochMs,
  ): Promise<readonly string[]>;
  /** Whether a session has neither ended nor run out. */
  isSessionLive(sessionId: string, nowMs: EpochMs): Promise<boolean>;
  /** Forgets sessions and tokens that ran out before. */
  pruneSessions(beforeMs: EpochMs): Promise<void>;
}
