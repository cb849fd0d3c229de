import { describe, expect, test } from 'vitest';
import { BOOK_CONTRACT } from '#tests/contract/knowledge-book.contract.ts';
import { isNoticed, runCase } from '#tests/contract/store-case.ts';
import { BOOK_SABOTAGES } from '#tests/fakes/knowledge-sabotages.ts';
import { ORG, saved, writer } from '#tests/fixtures/knowledge-revisions.ts';
import { foundPostgres, onPostgres, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';

const server = usePostgres();
const open = async (): Promise<PostgresStore> =>
  openPostgresStore({ url: await server().createDatabase(), logId: 'log-1' });

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  describe('Knowledge book contract: PostgreSQL', () => {
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

  test('[KN17] two workers that write the same document at once take turns', async () => {
    const url = await server().createDatabase();
    const [one, two] = await Promise.all([
      openPostgresStore({ url, logId: 'log-1' }),
      openPostgresStore({ url, logId: 'log-2' }),
    ]);
    await one.saveRevision(ORG, saved('r0', null, ['You have 30 days.']), writer('Ada'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : two).saveRevision(
          ORG,
          saved(`n${String(index)}`, 'r0', [], {
            blocks: [
              { id: 'b0', text: 'You have 30 days.' },
              { id: `x${String(index)}`, text: `Line ${String(index)}.` },
            ],
          }),
          writer(index % 2 === 0 ? 'Ada' : 'Ben'),
        ),
      ),
    );
    expect(answers.every(({ outcome }) => outcome === 'forwarded' || outcome === 'merged')).toBe(true);
    const there = await two.knowledgeDocument(ORG, 'doc');
    expect(there?.head.blocks).toHaveLength(21);
    expect(await one.knowledgeVersions(ORG)).toEqual({ version: 21, publishedVersion: 0 });
    await Promise.all([one.close(), two.close()]);
  });
});
