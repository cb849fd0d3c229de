import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { BOOK_CONTRACT } from '#tests/contract/knowledge-book.contract.ts';
import { isNoticed, runCase } from '#tests/contract/store-case.ts';
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
  test.each(BOOK_CONTRACT)('$title', one => runCase(one, open));
});

describe('the contract notices a book that', () => {
  test.each(BOOK_SABOTAGES)(
    '[KN16][KN17][KN18][KN19][KN20][KN21][KN22][KN24][KN29][KN34] $name',
    async sabotage => {
      expect(await isNoticed(BOOK_CONTRACT, sabotage, open)).toBe(true);
    },
  );
});
