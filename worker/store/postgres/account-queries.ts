import type pg from 'pg';
import type { AccountBook, Credentials, Rotation, RotationOutcome } from '#shared/adapters/account-book.ts';
import type { Account } from '#shared/domain/account.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import { nextStep, type StoredToken } from '../rotate-token.ts';
import { inTransaction, type PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';

const ACCOUNT_COLUMNS =
  'u.id AS "userId", u.org_id AS "orgId", u.email, u.name, u.role, u.status, u.created_at AS "createdAtMs", u.last_seen AS "lastSeenAtMs"';

/** Whoever changes who is an admin takes turns. The number is ours alone; any but those of `migrate.ts` and of rooms would do. */
const LOCK = 7_353_203;

/** Orgs, people and sessions of the team: the same for every worker at once. */
export function accountQueries({ inOrg, everywhere }: PostgresAccess): AccountBook {
  return {
    addOrg: ({ id, name, createdAtMs }) =>
      everywhere(async client => {
        await client.query({
          name: 'add-org',
          text: 'INSERT INTO orgs (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          values: [id, text(name), Math.round(createdAtMs)],
        });
      }),
    org: orgId =>
      everywhere(async client => {
        const { rows } = await client.query<{ id: OrgId; name: string; createdAtMs: number }>({
          name: 'org',
          text: 'SELECT id, name, created_at AS "createdAtMs" FROM orgs WHERE id = $1',
          values: [text(orgId)],
        });
        return rows[0] ?? null;
      }),
    // Across orgs, because an address belongs to one account of all of them.
    addAccount: ({ account, passwordHash, temporaryUntilMs }) =>
      everywhere(async client => {
        const { rowCount } = await client.query({
          name: 'add-account',
          text: 'INSERT INTO users (id, org_id, email, name, role, created_at, password_hash, temporary_until, status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (email) DO NOTHING',
          values: [
            account.userId,
            account.orgId,
            text(account.email),
            text(account.name),
            account.role,
            Math.round(account.createdAtMs),
            passwordHash,
            temporaryUntilMs,
            account.status,
          ],
        });
        return rowCount === 1;
      }),
    credentials: email =>
      everywhere(async client => {
        const { rows } = await client.query<Account & Omit<Credentials, 'account'>>({
          name: 'credentials',
          text: `SELECT ${ACCOUNT_COLUMNS}, u.password_hash AS "passwordHash", u.temporary_until AS "temporaryUntilMs" FROM users u WHERE u.email = $1 AND u.password_hash <> ''`,
          values: [text(email)],
        });
        if (!rows[0]) return null;
        const { passwordHash, temporaryUntilMs, ...account } = rows[0];
        return { account, passwordHash, temporaryUntilMs };
      }),
    account: (orgId, userId) => inOrg(orgId, client => readAccount(client, orgId, userId)),
    accounts: orgId => inOrg(orgId, client => readAccounts(client, orgId)),
    changeAccount: (orgId, userId, change) =>
      inOrg(orgId, client =>
        inTransaction(client, async () => {
          // Two admins who put each other off at the same moment would leave none.
          await client.query({
            name: 'account-turn',
            text: 'SELECT pg_advisory_xact_lock($1)',
            values: [LOCK],
          });
          const before = await readAccount(client, orgId, userId);
          if (!before) return 'unknown';
          const after = { ...before, ...change };
          const isAdmin = ({ role, status }: Pick<Account, 'role' | 'status'>): boolean =>
            role === 'admin' && status === 'active';
          const others = (await readAccounts(client, orgId)).filter(other => other.userId !== userId);
          if (isAdmin(before) && !isAdmin(after) && !others.some(isAdmin)) return 'last-admin';
          await client.query({
            name: 'change-account',
            text: 'UPDATE users SET name = $3, role = $4, status = $5 WHERE org_id = $1 AND id = $2',
            values: [orgId, userId, text(after.name), after.role, after.status],
          });
          return 'done';
        }),
      ),
    setPassword: (orgId, userId, { passwordHash, temporaryUntilMs }) =>
      inOrg(orgId, async client => {
        const { rowCount } = await client.query({
          name: 'set-password',
          text: `UPDATE users SET password_hash = $3, temporary_until = $4::bigint, status = CASE WHEN status = 'invited' AND $4::bigint IS NULL THEN 'active' ELSE status END WHERE org_id = $1 AND id = $2`,
          values: [orgId, text(userId), passwordHash, temporaryUntilMs],
        });
        return rowCount === 1;
      }),
    openSession: ({ sessionId, orgId, userId, device, tokenHash, atMs, expiresAtMs }) =>
      inOrg(orgId, client =>
        inTransaction(client, async () => {
          await client.query({
            name: 'open-session',
            text: 'INSERT INTO sessions (id, org_id, user_id, device, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
            values: [sessionId, orgId, userId, text(device), Math.round(atMs), Math.round(expiresAtMs)],
          });
          await addToken(client, { hash: tokenHash, orgId, sessionId, expiresAtMs });
          await seen(client, orgId, userId, atMs);
        }),
      ),
    rotateSession: rotation =>
      everywhere(client => inTransaction(client, () => rotateSession(client, rotation))),
    endSessions: (orgId, userId, { only, except }, atMs) =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<{ id: string }>({
          name: 'end-sessions',
          text: 'UPDATE sessions SET ended_at = $3 WHERE org_id = $1 AND user_id = $2 AND ended_at IS NULL AND ($4::text IS NULL OR id = $4) AND ($5::text IS NULL OR id <> $5) RETURNING id',
          values: [orgId, text(userId), Math.round(atMs), only ?? null, except ?? null],
        });
        return rows.map(row => row.id);
      }),
    isSessionLive: (sessionId, nowMs) =>
      everywhere(async client => {
        const { rowCount } = await client.query({
          name: 'session-live',
          text: 'SELECT 1 FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2',
          values: [text(sessionId), Math.round(nowMs)],
        });
        return rowCount === 1;
      }),
    pruneSessions: beforeMs =>
      everywhere(client =>
        inTransaction(client, async () => {
          const old = 'SELECT id FROM sessions WHERE expires_at < $1';
          const values = [Math.round(beforeMs)];
          await client.query(`DELETE FROM refresh_tokens WHERE session_id IN (${old})`, values);
          await client.query('DELETE FROM sessions WHERE expires_at < $1', values);
        }),
      ),
  };
}

async function rotateSession(
  client: pg.ClientBase,
  { tokenHash, nextHash, device, atMs, expiresAtMs, graceMs }: Rotation,
): Promise<RotationOutcome> {
  // The session's row is held first: two workers that are shown one token take turns.
  await client.query({
    name: 'hold-session',
    text: 'SELECT 1 FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1) FOR UPDATE',
    values: [tokenHash],
  });
  const { rows } = await client.query<StoredToken>({
    name: 'shown-token',
    text: `SELECT t.session_id AS "sessionId", t.org_id AS "orgId", s.user_id AS "userId", s.device, t.expires_at AS "expiresAtMs", t.used_at AS "usedAtMs", s.ended_at AS "endedAtMs", u.status AS "accountStatus", t.replaced_by AS "replacedBy", n.used_at AS "nextUsedAtMs"
           FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id AND u.org_id = s.org_id LEFT JOIN refresh_tokens n ON n.hash = t.replaced_by WHERE t.hash = $1`,
    values: [tokenHash],
  });
  const token = rows[0] ?? null;
  const step = nextStep(token, { device, nowMs: atMs, graceMs });
  if (!token || step === 'void') return { name: 'void' };
  const { sessionId, orgId, userId, replacedBy } = token;
  if (step === 'reused') {
    await client.query({
      name: 'end-family',
      text: 'UPDATE sessions SET ended_at = $2 WHERE id = $1',
      values: [sessionId, Math.round(atMs)],
    });
    return { name: 'reused', sessionId, orgId, userId };
  }
  await client.query({
    name: 'forget-token',
    text: 'DELETE FROM refresh_tokens WHERE hash = $1',
    values: [replacedBy],
  });
  await client.query({
    name: 'use-token',
    text: 'UPDATE refresh_tokens SET used_at = coalesce(used_at, $2), replaced_by = $3 WHERE hash = $1',
    values: [tokenHash, Math.round(atMs), nextHash],
  });
  await addToken(client, { hash: nextHash, orgId, sessionId, expiresAtMs });
  await client.query({
    name: 'lengthen-session',
    text: 'UPDATE sessions SET expires_at = $2 WHERE id = $1',
    values: [sessionId, Math.round(expiresAtMs)],
  });
  await seen(client, orgId, userId, atMs);
  const account = await readAccount(client, orgId, userId);
  return account ? { name: 'rotated', sessionId, account } : { name: 'void' };
}

async function readAccount(client: pg.ClientBase, orgId: OrgId, userId: UserId): Promise<Account | null> {
  const { rows } = await client.query<Account>({
    name: 'account',
    text: `SELECT ${ACCOUNT_COLUMNS} FROM users u WHERE u.org_id = $1 AND u.id = $2`,
    values: [orgId, text(userId)],
  });
  return rows[0] ?? null;
}

async function readAccounts(client: pg.ClientBase, orgId: OrgId): Promise<readonly Account[]> {
  const { rows } = await client.query<Account>({
    name: 'accounts',
    text: `SELECT ${ACCOUNT_COLUMNS} FROM users u WHERE u.org_id = $1 ORDER BY u.name COLLATE "C", u.id COLLATE "C"`,
    values: [orgId],
  });
  return rows;
}

async function addToken(
  client: pg.ClientBase,
  token: {
    readonly hash: string;
    readonly orgId: OrgId;
    readonly sessionId: string;
    readonly expiresAtMs: number;
  },
): Promise<void> {
  await client.query({
    name: 'add-token',
    text: 'INSERT INTO refresh_tokens (hash, org_id, session_id, expires_at) VALUES ($1, $2, $3, $4)',
    values: [token.hash, token.orgId, token.sessionId, Math.round(token.expiresAtMs)],
  });
}

async function seen(client: pg.ClientBase, orgId: OrgId, userId: UserId, atMs: number): Promise<void> {
  await client.query({
    name: 'account-seen',
    text: 'UPDATE users SET last_seen = $3 WHERE org_id = $1 AND id = $2',
    values: [orgId, text(userId), Math.round(atMs)],
  });
}
