// Over 200 lines: everything a person with an account can do, with what is written down of it.
import { createHash, randomBytes } from 'node:crypto';
import type { AccountBook, AccountChange, Credentials } from '#shared/adapters/account-book.ts';
import { toldAccount, type Account, type ToldAccount } from '#shared/domain/account.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import { DAY_MS } from '#shared/domain/retention.ts';
import type { Actor, Role } from '#shared/domain/roles.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import type { Store } from '#worker/store/store.ts';
import type { LiveSessions } from './live-sessions.ts';
import { temporaryPassword, type Passwords } from './passwords.ts';
import { RateLimit } from './rate-limit.ts';
import { ACCESS_TTL_S, type SessionTokens } from './tokens.ts';

/** Source: ACC4, ACC7, ACC8. */
const REFRESH_TTL_MS = 30 * DAY_MS;
const REFRESH_GRACE_MS = 30_000;
const TEMPORARY_TTL_MS = 7 * DAY_MS;
/** Wrong attempts at one account, and all attempts from one address: an office shares one. Source: ACC5. */
const ACCOUNT_LIMIT = { count: 10, windowMs: 900_000 };
const ADDRESS_LIMIT = { count: 60, windowMs: 900_000 };
/** Desks renew some once in a quarter of an hour, and again when they wake. */
const REFRESH_LIMIT = { count: 1_200, windowMs: 900_000 };

export interface AccountDeskDeps {
  readonly book: AccountBook;
  readonly recordAccess: Store['recordAccess'];
  readonly tokens: SessionTokens;
  readonly live: LiveSessions;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Whose audit has the attempts of people nobody knows. */
  readonly publicOrgId: OrgId;
}

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  readonly newPassword?: string | undefined;
  readonly device: string;
}

export interface OpenedSession {
  readonly token: string;
  readonly expiresInS: number;
  readonly refreshToken: string;
  readonly actor: Actor;
}

/** People with accounts: signs them in and out, and does what admins do with them (ACC1-ACC11). Rejects with `account.*`, `access.*` and `storage.*`. */
export class AccountDesk {
  readonly #deps: AccountDeskDeps;
  readonly #byAccount = new RateLimit(ACCOUNT_LIMIT);
  readonly #byAddress = new RateLimit(ADDRESS_LIMIT);
  readonly #refreshes = new RateLimit(REFRESH_LIMIT);

  constructor(deps: AccountDeskDeps) {
    this.#deps = deps;
  }

  async signIn(
    { email, password, newPassword, device }: SignInRequest,
    address: string,
  ): Promise<OpenedSession> {
    const { book, clock, passwords } = this.#deps;
    const mono = clock.mono();
    if (!this.#byAddress.take(address, mono) || !this.#byAccount.take(email, mono)) throw tooOften();
    const known = await book.credentials(email);
    const isRight = await passwords.isRight(known?.passwordHash ?? null, password);
    if (!known || !isRight || known.account.status === 'deactivated') {
      await this.#refused(
        'account.sign-in',
        known?.account ?? null,
        known && isRight ? 'deactivated' : 'wrong',
        address,
      );
      throw wrong();
    }
    this.#byAccount.forget(email);
    await this.#ownPassword(known, newPassword);
    const { account } = known;
    await this.#record(account, 'account.sign-in', 'signed-in', { device });
    return this.#open({ ...account, status: 'active' }, device);
  }

  /** Exchanges a refresh token. */
  async refresh(refreshToken: string, device: string, address: string): Promise<OpenedSession> {
    const { book, clock, live } = this.#deps;
    if (!this.#refreshes.take(address, clock.mono())) throw tooOften();
    const next = newRefreshToken();
    const nowMs = clock.now();
    const outcome = await book.rotateSession({
      tokenHash: hashOf(refreshToken),
      nextHash: hashOf(next),
      device,
      atMs: nowMs,
      expiresAtMs: (nowMs + REFRESH_TTL_MS) as EpochMs,
      graceMs: REFRESH_GRACE_MS,
    });
    if (outcome.name === 'reused') {
      const { orgId, userId, sessionId } = outcome;
      live.end([sessionId]);
      await this.#record({ orgId, userId }, 'account.refresh', 'token-reused', { address, sessionId });
    }
    if (outcome.name !== 'rotated')
      throw appError('access.unauthenticated', 'This session has ended. Sign in again.');
    return this.#session(outcome.account, outcome.sessionId, next);
  }

  async signOut(actor: Actor, sessionId: string | null): Promise<void> {
    if (sessionId === null) return;
    await this.#endSessions(actor.orgId, actor.userId, { only: sessionId });
    await this.#record(actor, 'account.sign-out', 'signed-out');
  }

  async own(actor: Actor): Promise<ToldAccount | null> {
    const account = await this.#deps.book.account(actor.orgId, actor.userId);
    return account && toldAccount(account);
  }

  async renameOwn(actor: Actor, name: string): Promise<ToldAccount> {
    await this.#deps.book.changeAccount(actor.orgId, actor.userId, { name });
    return this.#told(actor.orgId, actor.userId);
  }

  async changePassword(
    actor: Actor,
    sessionId: string | null,
    { password, newPassword }: { readonly password: string; readonly newPassword: string },
  ): Promise<void> {
    const { book, clock, passwords } = this.#deps;
    const account = await book.account(actor.orgId, actor.userId);
    if (!account) throw unknownAccount();
    // The same limit as for signing in: a session that was left open must not be a way to guess.
    if (!this.#byAccount.take(account.email, clock.mono())) throw tooOften();
    const known = await book.credentials(account.email);
    if (!known || !(await passwords.isRight(known.passwordHash, password))) {
      await this.#record(actor, 'account.password', 'wrong');
      throw wrong();
    }
    this.#byAccount.forget(account.email);
    await this.#setPassword(account, newPassword);
    await this.#endSessions(actor.orgId, actor.userId, sessionId === null ? {} : { except: sessionId });
    await this.#record(actor, 'account.password', 'changed');
  }

  async list(actor: Actor): Promise<readonly ToldAccount[]> {
    return (await this.#deps.book.accounts(actor.orgId)).map(toldAccount);
  }

  async invite(
    actor: Actor,
    wish: { readonly email: string; readonly name: string; readonly role: Role },
  ): Promise<{ readonly account: ToldAccount; readonly temporaryPassword: string }> {
    const { book, clock, newId, passwords } = this.#deps;
    const password = temporaryPassword();
    const nowMs = clock.now();
    const account: Account = {
      ...wish,
      userId: `user-${newId()}` as UserId,
      orgId: actor.orgId,
      status: 'invited',
      createdAtMs: nowMs,
      lastSeenAtMs: null,
    };
    const passwordHash = await passwords.hash(password);
    if (!(await book.addAccount({ account, passwordHash, temporaryUntilMs: nowMs + TEMPORARY_TTL_MS })))
      throw appError('account.email-taken', 'Somebody has an account with this e-mail address.');
    await this.#record(actor, 'account.invite', 'invited', { of: account.userId, role: wish.role });
    return { account: toldAccount(account), temporaryPassword: password };
  }

  async change(actor: Actor, userId: UserId, change: AccountChange): Promise<ToldAccount> {
    const { book } = this.#deps;
    const before = await book.account(actor.orgId, userId);
    const outcome = await book.changeAccount(actor.orgId, userId, change);
    if (outcome === 'unknown' || !before) throw unknownAccount();
    if (outcome === 'last-admin') {
      await this.#record(actor, 'account.change', 'last-admin', { of: userId });
      throw appError('account.last-admin', 'An org needs one active admin. Make somebody else one first.');
    }
    const { role, status } = { ...before, ...change };
    if (role !== before.role || status === 'deactivated') await this.#endSessions(actor.orgId, userId, {});
    await this.#record(actor, 'account.change', 'changed', { of: userId, role, status });
    return this.#told(actor.orgId, userId);
  }

  async resetPassword(actor: Actor, userId: UserId): Promise<string> {
    const { book, clock, passwords } = this.#deps;
    const password = temporaryPassword();
    const isKnown = await book.setPassword(actor.orgId, userId, {
      passwordHash: await passwords.hash(password),
      temporaryUntilMs: clock.now() + TEMPORARY_TTL_MS,
    });
    if (!isKnown) throw unknownAccount();
    await this.#endSessions(actor.orgId, userId, {});
    await this.#record(actor, 'account.reset-password', 'reset', { of: userId });
    return password;
  }

  /** A temporary password opens nothing but the way to one of the person's own (ACC8). */
  async #ownPassword(
    { account, temporaryUntilMs }: Credentials,
    newPassword: string | undefined,
  ): Promise<void> {
    if (temporaryUntilMs === null) {
      if (newPassword === undefined) return;
      throw appError('input.invalid', 'The password is not a temporary one. Change it in the settings.');
    }
    if (this.#deps.clock.now() >= temporaryUntilMs) {
      await this.#record(account, 'account.sign-in', 'temporary-expired');
      throw appError(
        'account.wrong-credentials',
        'This temporary password is not good any more. Ask an admin for another.',
      );
    }
    if (newPassword === undefined)
      throw appError('account.new-password-needed', 'Choose a password of your own to sign in.');
    await this.#setPassword(account, newPassword);
    await this.#endSessions(account.orgId, account.userId, {});
  }

  async #setPassword({ orgId, userId }: Account, password: string): Promise<void> {
    const { book, passwords } = this.#deps;
    await book.setPassword(orgId, userId, {
      passwordHash: await passwords.hash(password),
      temporaryUntilMs: null,
    });
  }

  async #open(account: Account, device: string): Promise<OpenedSession> {
    const { book, clock, newId } = this.#deps;
    const refreshToken = newRefreshToken();
    const sessionId = newId();
    const nowMs = clock.now();
    await book.pruneSessions((nowMs - DAY_MS) as EpochMs);
    await book.openSession({
      sessionId,
      orgId: account.orgId,
      userId: account.userId,
      device,
      tokenHash: hashOf(refreshToken),
      atMs: nowMs,
      expiresAtMs: (nowMs + REFRESH_TTL_MS) as EpochMs,
    });
    return this.#session(account, sessionId, refreshToken);
  }

  async #session(account: Account, sessionId: string, refreshToken: string): Promise<OpenedSession> {
    const { userId, orgId, name, role } = account;
    const actor: Actor = { userId, orgId, name, role };
    return {
      token: await this.#deps.tokens.mintAccess(actor, sessionId),
      expiresInS: ACCESS_TTL_S,
      refreshToken,
      actor,
    };
  }

  async #endSessions(
    orgId: OrgId,
    userId: UserId,
    which: { readonly only?: string; readonly except?: string },
  ): Promise<void> {
    const { book, clock, live } = this.#deps;
    live.end(await book.endSessions(orgId, userId, which, clock.now()));
  }

  async #told(orgId: OrgId, userId: UserId): Promise<ToldAccount> {
    const account = await this.#deps.book.account(orgId, userId);
    if (!account) throw unknownAccount();
    return toldAccount(account);
  }

  #refused(action: string, account: Account | null, outcome: string, address: string): Promise<void> {
    const { publicOrgId } = this.#deps;
    const who = account ?? { orgId: publicOrgId, userId: 'unknown' as UserId };
    return this.#record(who, action, outcome, { address });
  }

  #record(
    who: Pick<Actor, 'orgId' | 'userId'>,
    action: string,
    outcome: string,
    payload: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { recordAccess, newId, clock } = this.#deps;
    const { orgId, userId } = who;
    return recordAccess({ id: newId(), orgId, userId, action, outcome, atMs: clock.now(), payload });
  }
}

const newRefreshToken = (): string => randomBytes(32).toString('base64url');
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const wrong = (): AppError =>
  appError('account.wrong-credentials', 'E-mail address and password do not belong together.');
const tooOften = (): AppError =>
  appError('access.too-often', 'Too many attempts. Wait a quarter of an hour and try again.', {
    retryable: true,
  });
const unknownAccount = (): AppError => appError('account.unknown', 'There is no such account in this org.');
