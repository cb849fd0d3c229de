import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { BOOK_CONTRACT } from '#tests/contract/knowledge-book.contract.ts';
import { BOOK_SABOTAGES } from '#tests/fakes/knowledge-sabotages.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folders: string[] = [];
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});
const open = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-book-'));
  folders.push(folder);
  return openSqliteStore({ file: join(folder, 'worker.sqlite') });
};

describe('Knowledge book contract: SQLite', () => {
  test.each(BOOK_CONTRACT)('$title', async ({ run }) => {
    const store = await open();
    await run(store);
    await store.close();
  });
});

describe('the contract notices a book that', () => {
  test.each(BOOK_SABOTAGES)(
    '[KN16][KN17][KN18][KN19][KN20][KN21][KN22][KN24][KN29][KN34] $name',
    async ({ breaks, bend }) => {
      let isNoticed = false;
      for (const { run } of BOOK_CONTRACT.filter(({ title }) => title.startsWith(`[${breaks}]`))) {
        const store = await open();
        await run({ ...store, ...bend(store) }).catch(() => (isNoticed = true));
        await store.close();
      }
      expect(isNoticed).toBe(true);
    },
  );
});
