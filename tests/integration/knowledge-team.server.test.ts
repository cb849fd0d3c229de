import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '#infra/postgres/start-postgres.ts';
import { saved } from '#tests/fixtures/knowledge-revisions.ts';
import { foundPostgres, onPostgres } from '#tests/fixtures/test-postgres.ts';
import { startTeamWorker, type RunningWorker } from './team-worker.ts';

const PATIENCE = { timeout: 120_000, interval: 200 };
const TEST_LIMIT_MS = 400_000;

let server: PostgresServer;
let url: string;
const folders: string[] = [];
const cleanups: (() => Promise<void>)[] = [];

async function startWorker(folder: string, ...args: string[]): Promise<RunningWorker> {
  const worker = await startTeamWorker(url, folder, ...args);
  cleanups.push(worker.kill);
  return worker;
}

const newFolder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'sidetone-knowledge-team-'));
  folders.push(made);
  return made;
};
const QUESTION = { question: 'Are unicycles returned by freight?', draft: null };
const answerOf = async ({ ask }: RunningWorker): Promise<string> =>
  String((await ask('/api/knowledge/ask', QUESTION)).body['answer']);

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
    '[KN23][KN24][KN25][KN26][KN40] two workers take in one folder, answer from what either published, and do so without the database',
    async () => {
      url = await server.createDatabase();
      const [ofOne, ofTwo] = [newFolder(), newFolder()];
      const [one, two] = await Promise.all([
        startWorker(ofOne),
        startWorker(ofTwo, '--demo', '--calls-min', '1', '--calls-max', '1'),
      ]);
      const changes = await two.ask('/api/knowledge/changes?limit=500');
      expect(changes.body['documents']).toHaveLength(18);
      expect(changes.body['version']).toBe(35); // 16 articles, 15 of them published, and two policies in force

      const text = 'Unicycles are returned by freight within ninety days.';
      const first = saved('u-0', null, [text], { docId: 'unicycles', fields: { title: 'Unicycles' } });
      const pushed = await one.ask('/api/knowledge/revisions', { revisions: [first] });
      expect(pushed.body.answers).toEqual([{ revisionId: 'u-0', outcome: 'forwarded' }]);
      expect(await answerOf(two)).not.toContain('Unicycles');
      const wish = { docId: 'unicycles', revisionId: 'u-0' };
      expect((await one.ask('/api/knowledge/publish', wish)).status).toBe(200);
      expect(await answerOf(one)).toContain(text);
      await expect.poll(() => answerOf(two), PATIENCE).toContain(text);

      // A call begins on the other worker, and ends from here.
      const begun = await one.ask('/api/control/start-session', { workerId: two.workerId });
      expect(begun.status).toBe(200);
      const { callId } = begun.body;
      await expect
        .poll(async () => (await one.ask(`/api/conversations/${String(callId)}`)).status, PATIENCE)
        .toBe(200);
      await expect
        .poll(async () => (await one.ask('/api/control/end-session', { callId })).body['ok'], PATIENCE)
        .toBe(true);
      const endedAtMs = async (): Promise<unknown> => {
        const { body } = await one.ask(`/api/conversations/${String(callId)}`);
        return (body['conversation'] as { readonly endReason: string | null }).endReason;
      };
      await expect.poll(endedAtMs, PATIENCE).toBe('ended-by-supervisor');

      await server.crash();
      const next = saved('u-1', 'u-0', [text, 'Tricycles too.'], {
        docId: 'unicycles',
        fields: first.fields,
      });
      const refused = await one.ask('/api/knowledge/revisions', { revisions: [next] });
      expect([refused.status, refused.body.error]).toMatchObject([
        503,
        { code: 'storage.unreachable', retryable: true },
      ]);
      expect(await answerOf(one)).toContain(text);
      await two.kill();
      const again = await startWorker(ofTwo);
      expect(await answerOf(again)).toContain(text);

      await server.start();
      await expect
        .poll(async () => (await one.ask('/api/knowledge/revisions', { revisions: [next] })).status, PATIENCE)
        .toBe(200);
      await expect
        .poll(
          async () =>
            (await again.ask('/api/knowledge/publish', { docId: 'unicycles', revisionId: 'u-1' })).status,
          PATIENCE,
        )
        .toBe(200);
    },
    TEST_LIMIT_MS,
  );
});
