import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { AccountBook } from '#shared/adapters/account-book.ts';
import { emailSchema, personNameSchema } from '#shared/domain/account.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import { DAY_MS } from '#shared/domain/retention.ts';
import { roleSchema } from '#shared/domain/roles.ts';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { Passwords, temporaryPassword } from '#worker/control/passwords.ts';
import { openPostgresStore } from '#worker/store/postgres/postgres-store.ts';
import { openSqliteDatabase } from '#worker/store/sqlite/sqlite-database.ts';
import type { AccessRow } from '#worker/store/store.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import { newId } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

const TEMPORARY_TTL_MS = 7 * DAY_MS;

export const ACCOUNTS_USAGE = `Usage:
  npm run accounts -- add --email E --name N [--role admin|supervisor|agent] [--org ID] [--data DIR]
  npm run accounts -- list [--org ID] [--data DIR]
  npm run accounts -- reset-password --email E [--data DIR]
With DATABASE_URL in the environment the people are the team's. See docs/how-to/accounts.md.`;

const OPTIONS = {
  email: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string', default: 'admin' },
  org: { type: 'string', default: DEMO_ORG_ID },
  data: { type: 'string', default: 'data' },
} as const;

const addSchema = z.object({ email: emailSchema, name: personNameSchema, role: roleSchema });

/** What the command needs of a store, of either kind. */
type Book = Pick<
  AccountBook,
  'addOrg' | 'addAccount' | 'accounts' | 'credentials' | 'setPassword' | 'endSessions'
> & { readonly recordAccess: (row: AccessRow) => Promise<void>; readonly close: () => Promise<void> };

export interface CommandAnswer {
  readonly exitCode: 0 | 1 | 2;
  readonly lines: readonly string[];
}

/** Runs one command and says what came of it; a temporary password is in the answer and nowhere else. */
export async function runAccountsCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CommandAnswer> {
  const wrong = (why: string): CommandAnswer => ({ exitCode: 2, lines: [why, ACCOUNTS_USAGE] });
  let parsed: ReturnType<typeof read>;
  try {
    parsed = read(args);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : 'An option is not known.');
  }
  const { verb, values } = parsed;
  if (verb !== 'add' && verb !== 'list' && verb !== 'reset-password')
    return wrong(verb === '' ? 'Say what to do.' : `There is no command ${verb}.`);
  try {
    const book = await open(resolve(environment['INIT_CWD'] ?? process.cwd(), values.data), environment);
    if (typeof book === 'string') return wrong(book);
    try {
      if (verb === 'add') return await add(book, values, wrong);
      if (verb === 'list') return await list(book, values.org as OrgId);
      return await reset(book, values.email, wrong);
    } finally {
      await book.close();
    }
  } catch (error) {
    const { code, message } = toErrorBody(error, 'worker');
    return { exitCode: 1, lines: [`${code}: ${message}`] };
  }
}

function read(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  return { verb: positionals.join(' '), values };
}

/** The team's database, or the one of the data folder, beside the worker that may run there. @returns why not */
async function open(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Book | string> {
  const url = environment['DATABASE_URL'] ?? '';
  if (url !== '') return openPostgresStore({ url, logId: 'accounts-command' });
  if (!existsSync(folder)) return `There is no data folder ${folder}. Name that of the worker with --data.`;
  const database = openSqliteDatabase(join(folder, 'worker.sqlite'), 'beside');
  const later =
    <Args extends readonly unknown[], Value>(work: (...given: Args) => Value) =>
    (...given: Args): Promise<Value> =>
      Promise.resolve(work(...given));
  return {
    addOrg: later(org => database.addOrg(org)),
    addAccount: later(credentials => database.addAccount(credentials)),
    accounts: later(orgId => database.accounts(orgId)),
    credentials: later(email => database.credentials(email)),
    setPassword: later((...given) => database.setPassword(...given)),
    endSessions: later((...given) => database.endSessions(...given)),
    recordAccess: later(row => database.recordAccess(row)),
    close: later(() => database.close()),
  };
}

async function add(
  book: Book,
  values: { readonly org: string },
  wrong: (why: string) => CommandAnswer,
): Promise<CommandAnswer> {
  const wish = addSchema.safeParse(values);
  if (!wish.success) {
    const [issue] = wish.error.issues;
    return wrong(`--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
  }
  const { email, name, role } = wish.data;
  const orgId = values.org as OrgId;
  const nowMs = systemClock.now();
  const userId = `user-${newId()}` as UserId;
  const password = temporaryPassword();
  await book.addOrg({ id: orgId, name: orgId, createdAtMs: nowMs });
  const isAdded = await book.addAccount({
    account: { userId, orgId, email, name, role, status: 'invited', createdAtMs: nowMs, lastSeenAtMs: null },
    passwordHash: await new Passwords().hash(password),
    temporaryUntilMs: nowMs + TEMPORARY_TTL_MS,
  });
  if (!isAdded)
    return { exitCode: 1, lines: ['account.email-taken: Somebody has an account with this address.'] };
  await record(book, orgId, 'account.invite', 'invited', { of: userId, role });
  return {
    exitCode: 0,
    lines: [
      `${name} may sign in as ${role} with ${email} and, within seven days, the password`,
      `  ${password}`,
    ],
  };
}

async function list(book: Book, orgId: OrgId): Promise<CommandAnswer> {
  const accounts = await book.accounts(orgId);
  return {
    exitCode: 0,
    lines:
      accounts.length === 0
        ? ['Nobody has an account yet.']
        : accounts.map(({ email, name, role, status }) => [email, name, role, status].join('\t')),
  };
}

async function reset(
  book: Book,
  email: string | undefined,
  wrong: (why: string) => CommandAnswer,
): Promise<CommandAnswer> {
  const address = emailSchema.safeParse(email);
  if (!address.success) return wrong('--email: say whose password.');
  const known = await book.credentials(address.data);
  if (!known) return { exitCode: 1, lines: ['account.unknown: Nobody has an account with this address.'] };
  const { orgId, userId } = known.account;
  const password = temporaryPassword();
  const nowMs = systemClock.now();
  await book.setPassword(orgId, userId, {
    passwordHash: await new Passwords().hash(password),
    temporaryUntilMs: nowMs + TEMPORARY_TTL_MS,
  });
  await book.endSessions(orgId, userId, {}, nowMs);
  await record(book, orgId, 'account.reset-password', 'reset', { of: userId });
  return { exitCode: 0, lines: ['Good once, within seven days:', `  ${password}`] };
}

function record(
  book: Book,
  orgId: OrgId,
  action: string,
  outcome: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const atMs = systemClock.now();
  return book.recordAccess({
    id: newId(),
    orgId,
    userId: 'accounts-command',
    action,
    outcome,
    atMs,
    payload,
  });
}
