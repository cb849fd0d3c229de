import type {
  AccountBook,
  AccountChange,
  Credentials,
  NewSession,
  Rotation,
  RotationOutcome,
} from '#shared/adapters/account-book.ts';
import type { Account, Org } from '#shared/domain/account.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import { nextStep, type StoredToken } from '../rotate-token.ts';
import type { Synchronous } from './synchronous.ts';

const ACCOUNT_COLUMNS =
  'u.id AS userId, u.org_id AS orgId, u.email, u.name, u.role, u.status, u.created_at AS createdAtMs, u.last_seen AS lastSeenAtMs';

type StoredCredentials = Account & Omit<Credentials, 'account'>;

/** The part of the worker's database that holds orgs, people and their sessions. Throws `storage.*`. */
export class SqliteAccounts implements Synchronous<AccountBook> {
  readonly #tables: Database;

  constructor(database: Database) {
    this.#tables = database;
  }

  addOrg({ id, name, createdAtMs }: Org): void {
    guarded(() =>
      this.#tables
        .prepare('INSERT INTO orgs (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(id, name, Math.round(createdAtMs)),
    );
  }

  org(orgId: OrgId): Org | null {
    return guarded(
      () =>
        (this.#tables
          .prepare('SELECT id, name, created_at AS createdAtMs FROM orgs WHERE id = ?')
          .get(orgId) as Org | undefined) ?? null,
    );
  }

  addAccount({ account, passwordHash, temporaryUntilMs }: Credentials): boolean {
    return guarded(
      () =>
        this.#tables
          .prepare(
            'INSERT INTO users (id, org_id, email, name, role, created_at, password_hash, temporary_until, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING',
          )
          .run(
            account.userId,
            account.orgId,
            account.email,
            account.name,
            account.role,
            Math.round(account.createdAtMs),
            passwordHash,
            temporaryUntilMs,
            account.status,
          ).changes === 1,
    );
  }

  credentials(email: string): Credentials | null {
    return guarded(() => {
      const row = this.#tables
        .prepare(
          `SELECT ${ACCOUNT_COLUMNS}, u.password_hash AS passwordHash, u.temporary_until AS temporaryUntilMs FROM users u WHERE u.email = ? AND u.password_hash <> ''`,
        )
        .get(email) as StoredCredentials | undefined;
      if (!row) return null;
      const { passwordHash, temporaryUntilMs, ...account } = row;
      return { account, passwordHash, temporaryUntilMs };
    });
  }

  account(orgId: OrgId, userId: UserId): Account | null {
    return guarded(
      () =>
        (this.#tables
          .prepare(`SELECT ${ACCOUNT_COLUMNS} FROM users u WHERE u.org_id = ? AND u.id = ?`)
          .get(orgId, userId) as Account | undefined) ?? null,
    );
  }

  accounts(orgId: OrgId): readonly Account[] {
    return guarded(
      () =>
        this.#tables
          .prepare(`SELECT ${ACCOUNT_COLUMNS} FROM users u WHERE u.org_id = ? ORDER BY u.name, u.id`)
          .all(orgId) as Account[],
    );
  }

  changeAccount(orgId: OrgId, userId: UserId, change: AccountChange): 'done' | 'unknown' | 'last-admin' {
    return guarded(() =>
      this.#tables.transaction(() => {
        const before = this.account(orgId, userId);
        if (!before) return 'unknown';
        const after = { ...before, ...change };
        const isAdmin = ({ role, status }: Pick<Account, 'role' | 'status'>): boolean =>
          role === 'admin' && status === 'active';
        const others = this.accounts(orgId).some(other => other.userId !== userId && isAdmin(other));
        if (isAdmin(before) && !isAdmin(after) && !others) return 'last-admin';
        this.#tables
          .prepare('UPDATE users SET name = ?, role = ?, status = ? WHERE org_id = ? AND id = ?')
          .run(after.name, after.role, after.status, orgId, userId);
        return 'done';
      })(),
    );
  }

  setPassword(
    orgId: OrgId,
    userId: UserId,
    { passwordHash, temporaryUntilMs }: Pick<Credentials, 'passwordHash' | 'temporaryUntilMs'>,
  ): boolean {
    return guarded(
      () =>
        this.#tables
          .prepare(
            `UPDATE users SET password_hash = @passwordHash, temporary_until = @temporaryUntilMs, status = CASE WHEN status = 'invited' AND @temporaryUntilMs IS NULL THEN 'active' ELSE status END WHERE org_id = @orgId AND id = @userId`,
          )
          .run({ passwordHash, temporaryUntilMs, orgId, userId }).changes === 1,
    );
  }

  openSession(session: NewSession): void {
    const { sessionId, orgId, userId, device, tokenHash, atMs, expiresAtMs } = session;
    guarded(() =>
      this.#tables.transaction(() => {
        this.#tables
          .prepare(
            'INSERT INTO sessions (id, org_id, user_id, device, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
          )
          .run(sessionId, orgId, userId, device, Math.round(atMs), Math.round(expiresAtMs));
        this.#addToken(tokenHash, orgId, sessionId, expiresAtMs);
        this.#seen(orgId, userId, atMs);
      })(),
    );
  }

  rotateSession({ tokenHash, nextHash, device, atMs, expiresAtMs, graceMs }: Rotation): RotationOutcome {
    return guarded(() =>
      this.#tables.transaction((): RotationOutcome => {
        const token = this.#tables
          .prepare(
            `SELECT t.session_id AS sessionId, t.org_id AS orgId, s.user_id AS userId, s.device, t.expires_at AS expiresAtMs, t.used_at AS usedAtMs, s.ended_at AS endedAtMs, u.status AS accountStatus, t.replaced_by AS replacedBy, n.used_at AS nextUsedAtMs
             FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id AND u.org_id = s.org_id LEFT JOIN refresh_tokens n ON n.hash = t.replaced_by WHERE t.hash = ?`,
          )
          .get(tokenHash) as StoredToken | undefined;
        const step = nextStep(token ?? null, { device, nowMs: atMs, graceMs });
        if (!token || step === 'void') return { name: 'void' };
        const { sessionId, orgId, userId, replacedBy } = token;
        if (step === 'reused') {
          this.#tables
            .prepare('UPDATE sessions SET ended_at = ? WHERE id = ?')
            .run(Math.round(atMs), sessionId);
          return { name: 'reused', sessionId, orgId, userId };
        }
        if (replacedBy !== null)
          this.#tables.prepare('DELETE FROM refresh_tokens WHERE hash = ?').run(replacedBy);
        this.#tables
          .prepare('UPDATE refresh_tokens SET used_at = coalesce(used_at, ?), replaced_by = ? WHERE hash = ?')
          .run(Math.round(atMs), nextHash, tokenHash);
        this.#addToken(nextHash, orgId, sessionId, expiresAtMs);
        this.#tables
          .prepare('UPDATE sessions SET expires_at = ? WHERE id = ?')
          .run(Math.round(expiresAtMs), sessionId);
        this.#seen(orgId, userId, atMs);
        const account = this.account(orgId, userId);
        return account ? { name: 'rotated', sessionId, account } : { name: 'void' };
      })(),
    );
  }

  endSessions(
    orgId: OrgId,
    userId: UserId,
    { only, except }: { readonly only?: string; readonly except?: string },
    atMs: EpochMs,
  ): readonly string[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            'UPDATE sessions SET ended_at = @atMs WHERE org_id = @orgId AND user_id = @userId AND ended_at IS NULL AND (@only IS NULL OR id = @only) AND (@except IS NULL OR id <> @except) RETURNING id',
          )
          .pluck()
          .all({
            atMs: Math.round(atMs),
            orgId,
            userId,
            only: only ?? null,
            except: except ?? null,
          }) as string[],
    );
  }

  isSessionLive(sessionId: string, nowMs: EpochMs): boolean {
    return guarded(
      () =>
        this.#tables
          .prepare('SELECT 1 FROM sessions WHERE id = ? AND ended_at IS NULL AND expires_at > ?')
          .get(sessionId, nowMs) !== undefined,
    );
  }

  pruneSessions(beforeMs: EpochMs): void {
    guarded(() => this.#tables.prepare('DELETE FROM sessions WHERE expires_at < ?').run(beforeMs));
  }

  #addToken(hash: string, orgId: OrgId, sessionId: string, expiresAtMs: EpochMs): void {
    this.#tables
      .prepare('INSERT INTO refresh_tokens (hash, org_id, session_id, expires_at) VALUES (?, ?, ?, ?)')
      .run(hash, orgId, sessionId, Math.round(expiresAtMs));
  }

  #seen(orgId: OrgId, userId: UserId, atMs: EpochMs): void {
    this.#tables
      .prepare('UPDATE users SET last_seen = ? WHERE org_id = ? AND id = ?')
      .run(Math.round(atMs), orgId, userId);
  }
}
