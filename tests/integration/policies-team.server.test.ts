import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '#infra/postgres/start-postgres.ts';
import type { KnowledgeChanges } from '#shared/protocol/knowledge.ts';
import { foundPostgres, onPostgres } from '#tests/fixtures/test-postgres.ts';
import { startTeamWorker, type RunningWorker } from './team-worker.ts';

const PATIENCE = { timeout: 120_000, interval: 200 };
const TEST_LIMIT_MS = 400_000;
const DOC = 'policy.demo';

let server: PostgresServer;
let url: string;
const folders: string[] = [];
const cleanups: (() => Promise<void>)[] = [];

async function startWorker(folder: string): Promise<RunningWorker> {
  const worker = await startTeamWorker(url, folder);
  cleanups.push(worker.kill);
  return worker;
}
const newFolder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'sidetone-policies-team-'));
  folders.push(made);
  return made;
};
const labelOf = async ({ ask }: RunningWorker): Promise<unknown> =>
  (await ask('/api/policies')).body['label'];
const QUESTION = { question: 'How long can I return something?', draft: null };
const vetoesOf = async ({ ask }: RunningWorker): Promise<readonly string[]> =>
  (
    (await ask('/api/knowledge/ask', QUESTION)).body['verdicts'] as readonly {
      policy: string;
      decision: string;
    }[]
  )
    .filter(({ decision }) => decision === 'veto')
    .map(({ policy }) => policy);

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  beforeAll(async () => {
    if (foundPostgres.ok) server = await startPostgres(foundPostgres.folder);
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
    for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
  });

  test(
    '[POL62][POL63][POL64] a policy put in force on one worker judges on the other, also when the database is away',
    async () => {
      url = await server.createDatabase();
      const [ofOne, ofTwo] = [newFolder(), newFolder()];
      const [one, two] = await Promise.all([startWorker(ofOne), startWorker(ofTwo)]);
      expect([await labelOf(one), await labelOf(two)]).toEqual(['calls@1+demo@1', 'calls@1+demo@1']);
      const answer = String((await two.ask('/api/knowledge/ask', QUESTION)).body['answer']);
      expect(await vetoesOf(two)).toEqual([]);
      const phrase = answer.split(/[.,!?]/u)[0]?.trim() ?? '';

      const changes = (await one.ask('/api/knowledge/changes?limit=500')).body as unknown as KnowledgeChanges;
      const head = changes.revisions.find(({ docId }) => docId === DOC);
      if (!head) throw new Error('the shipped policies are no documents');
      const clause = { kind: 'phrases', name: 'not-so', phrases: [phrase] };
      const blocks = [...head.blocks, { id: 'not-so', text: JSON.stringify(clause) }];
      const revision = { ...head, id: 'r-1', parents: [head.id], deviceId: 'desk-1', blocks, note: '' };
      const pushed = await one.ask('/api/knowledge/revisions', { revisions: [revision] });
      expect(pushed.body.answers).toEqual([{ revisionId: 'r-1', outcome: 'forwarded' }]);
      expect(await labelOf(one)).toBe('calls@1+demo@1');
      const published = await one.ask('/api/knowledge/publish', { docId: DOC, revisionId: 'r-1' });
      expect(published.body).toMatchObject({ snapshotId: 'calls@1+demo@2' });
      expect(await labelOf(one)).toBe('calls@1+demo@2');
      await expect.poll(() => labelOf(two), PATIENCE).toBe('calls@1+demo@2');
      expect(await vetoesOf(two)).toEqual(['not-so']);

      await server.crash();
      await two.kill();
      const again = await startWorker(ofTwo);
      expect([await labelOf(again), await vetoesOf(again)]).toEqual(['calls@1+demo@2', ['not-so']]);
      const wanted = {
        document: {
          format: 2,
          name: 'own',
          version: 1,
          policies: [{ kind: 'phrases', name: 'no-x', phrases: ['never so'] }],
        },
      };
      const refused = await again.ask('/api/policies', wanted);
      expect([refused.status, refused.body.error?.code]).toEqual([503, 'storage.unreachable']);
      expect(await labelOf(again)).toBe('calls@1+demo@2');
      await server.start();
      await expect.poll(async () => (await again.ask('/api/policies', wanted)).status, PATIENCE).toBe(200);
      await expect.poll(() => labelOf(one), PATIENCE).toBe('calls@1+demo@2+own@1');
    },
    TEST_LIMIT_MS,
  );
});
