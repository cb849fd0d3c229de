import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runStep } from './run-step.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-step-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function script(source: string): string {
  const path = join(folder, 'step.mjs');
  writeFileSync(path, source);
  return path;
}

const run = (source: string, step: { needed?: () => boolean; env?: Record<string, string> } = {}) =>
  runStep(process.execPath, { argv: [script(source)], preparation: true, ...step });

test('the exit code of the program is passed on', async () => {
  expect(await run('process.exit(7)')).toBe(7);
});

test('the program finds our tools first and gets its own environment', async () => {
  const source = `process.exit(process.env.PATH.includes('node_modules') && process.env.COLOUR === 'teal' ? 0 : 1)`;
  expect(await run(source, { env: { COLOUR: 'teal' } })).toBe(0);
});

test('a step that is not needed does not run', async () => {
  expect(await run('process.exit(7)', { needed: () => false })).toBe(0);
});

test('a program that dies by a signal counts as failed', async () => {
  expect(await run(`process.kill(process.pid, 'SIGKILL')`)).toBe(137);
});

test('a request to end reaches the program, which may finish in its own way', async () => {
  const finished = run(
    `process.on('SIGTERM', () => process.exit(42)); process.kill(process.ppid, 'SIGTERM'); setInterval(() => {}, 1000)`,
  );
  expect(await finished).toBe(42);
});
