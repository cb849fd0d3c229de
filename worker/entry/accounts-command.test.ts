import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Passwords } from '#worker/control/passwords.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { runAccountsCommand } from './accounts-command.ts';

const folderOf = (): string => mkdtempSync(join(tmpdir(), 'sidetone-command-'));
const run = (line: string, data: string) => runAccountsCommand([...line.split(' '), '--data', data], {});

test('[ACC13] the first admin is made while the worker runs, and the password is printed once', async () => {
  const data = folderOf();
  const store = await openSqliteStore({ file: join(data, 'worker.sqlite') });
  const { exitCode, lines } = await run('add --email Ann@Example.test --name Ann', data);
  expect(exitCode).toBe(0);
  const password = /[a-z2-9]{5}(?:-[a-z2-9]{5}){3}/u.exec(lines.join(' '))?.[0] ?? '';
  const known = await store.credentials('ann@example.test');
  expect(known?.account).toMatchObject({ role: 'admin', status: 'invited', orgId: 'org-larkfield' });
  expect(await new Passwords().isRight(known?.passwordHash ?? null, password)).toBe(true);
  expect(await run('list', data)).toMatchObject({ lines: ['ann@example.test\tAnn\tadmin\tinvited'] });
  expect((await run('add --email ann@example.test --name Ann', data)).lines[0]).toMatch(
    /^account.email-taken/u,
  );
  const again = await run('reset-password --email ann@example.test', data);
  expect(again.exitCode).toBe(0);
  expect(
    await new Passwords().isRight(
      (await store.credentials('ann@example.test'))?.passwordHash ?? null,
      password,
    ),
  ).toBe(false);
  await store.close();
});

test.each([
  ['', /Say what to do/u],
  ['fly', /no command fly/u],
  ['add --name Ann', /--email/u],
  ['add --email x --name Ann', /--email: This is not/u],
  ['add --email a@b.cd --name Ann --role king', /--role/u],
  ['add --wings 2', /wings/u],
  ['reset-password', /--email/u],
])('[ACC13] "%s" is refused in words', async (line, words) => {
  const answer = await run(line, folderOf());
  expect(answer.exitCode).toBe(2);
  expect(answer.lines[0]).toMatch(words);
});

test('[ACC13] where nobody works nothing is made', async () => {
  expect(await run('list', join(folderOf(), 'none'))).toMatchObject({ exitCode: 2 });
  expect((await run('reset-password --email a@b.cd', folderOf())).lines[0]).toMatch(/^account.unknown/u);
  expect((await run('list', folderOf())).lines).toEqual(['Nobody has an account yet.']);
});
