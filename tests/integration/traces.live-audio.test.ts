import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openOtlpReceiver } from '#tests/fixtures/otlp-receiver.ts';

const MAIN = join(import.meta.dirname, '../../worker/entry/main.ts');
/** A call of the demo takes about a minute: it is spoken. */
const TEST_LIMIT_MS = 400_000;

test(
  '[TRC1][TRC6] a worker sends the trace of a spoken call: every stage of a turn, in one trace, none without its parent',
  { timeout: TEST_LIMIT_MS },
  async () => {
    const receiver = await openOtlpReceiver();
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-traces-'));
    const worker = spawn(
      process.execPath,
      ['--no-warnings', MAIN, '--demo', '--headless', '--calls', '1', '--seed', '11', '--data', folder],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint },
      },
    );
    try {
      const log = text(worker.stderr);
      const [code] = (await once(worker, 'exit')) as [number | null];
      expect(code, await log).toBe(0);
      const spans = receiver.requests.flat();
      const names = new Set(spans.map(({ name }) => name));
      const stages = [
        'call',
        'call.setup',
        'turn',
        'stt',
        'end_of_turn',
        'intent',
        'retrieval',
        'llm',
        'gate',
      ];
      for (const name of [...stages, 'tts', 'playout']) expect(names, name).toContain(name);
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== '' && !ids.has(parentSpanId));
      expect(orphans.map(({ name }) => name)).toEqual([]);
      // After each turn, not all of it at the end.
      expect(receiver.requests.length).toBeGreaterThan(1);
    } finally {
      worker.kill('SIGKILL');
      await receiver.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
