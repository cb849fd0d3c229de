/**
 * `npm run pack:check`: packs the app around a stub in place of Electron and looks at what came out. A check of the
 * packaging, not an installer: Electron's own binary is not needed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { inRoot, ROOT } from './bootstrap/paths.mjs';
import { packProblems, FUSES } from './pack/pack-problems.ts';

const START_LIMIT_MS = 60_000;
const work = mkdtempSync(join(tmpdir(), 'sidetone-pack-'));
const problems: string[] = [];

try {
  const resources = pack(stubElectron(join(work, 'electron')), join(work, 'packed'));
  const asar = join(resources, 'app.asar');
  const files = listPackage(asar, { isPack: false }).map(file => file.replaceAll('\\', '/'));
  const unpacked = (path: string): boolean => existsSync(join(resources, 'app.asar.unpacked', path));
  problems.push(...packProblems(files, unpacked, path => existsSync(join(resources, path))));

  const wire = await getCurrentFuseWire(join(resources, '..', 'sidetone'));
  for (const [name, wanted] of Object.entries(FUSES)) {
    // The wire holds the character '0' or '1' per fuse.
    const isOn = Number(wire[FuseV1Options[name as keyof typeof FUSES]]) === '1'.charCodeAt(0);
    if (isOn !== wanted) problems.push(`fuse ${name} is not ${wanted ? 'on' : 'off'}`);
  }

  // What was packed has to start, with the Node that was packed beside it.
  const app = join(work, 'app');
  extractAll(asar, app);
  mkdirSync(join(app, 'node_modules/node'), { recursive: true });
  symlinkSync(join(resources, 'node'), join(app, 'node_modules/node/bin'), 'dir');
  const problem = await startProblem(app);
  if (problem) problems.push(problem);
  else process.stdout.write('the packed app started and its worker was ready\n');
  process.stdout.write(`${String(files.length)} files in the archive\n`);
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(work, { recursive: true, force: true });
}
for (const problem of problems) process.stdout.write(`problem: ${problem}\n`);
process.stdout.write(
  problems.length === 0 ? 'pack:check passed\n' : `pack:check: ${String(problems.length)} problems\n`,
);
process.exit(problems.length === 0 ? 0 : 1);

/** The least that electron-builder takes for Electron: the sentinel is where the fuses are set. */
function stubElectron(folder: string): string {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'), { recursive: true });
  const sentinel = Buffer.concat([
    Buffer.from('#!/bin/sh\n# dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
    Buffer.from([1, 9]),
    Buffer.from('000000000\n', 'latin1'),
  ]);
  writeFileSync(join(folder, 'electron'), sentinel);
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'version'), '45.4.1');
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), '');
  return folder;
}

/** @returns the packed app's resources folder */
function pack(electronDist: string, output: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      inRoot('node_modules/electron-builder/cli.js'),
      '--linux',
      '--dir',
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${output}`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`electron-builder refused: ${stdout}${stderr}`);
  return join(output, 'linux-unpacked', 'resources');
}

/** Starts the packed app on the runtime the tests use, until its worker is ready. */
async function startProblem(app: string): Promise<string | null> {
  const child = spawn(
    inRoot('tests/electron-standin/electron'),
    [app, '--', '--data', join(work, 'data'), '--test-probe'],
    { cwd: app, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: work } },
  );
  const said: string[] = [];
  const started = await new Promise<boolean>(resolve => {
    setTimeout(() => resolve(false), START_LIMIT_MS).unref();
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
    createInterface({ input: child.stderr }).on('line', line => {
      said.push(line);
      if (line.startsWith('worker at ')) resolve(true);
    });
  });
  const gone = new Promise(resolve => child.once('exit', resolve));
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await gone;
  }
  return started ? null : `the packed app did not start: ${said.slice(-5).join(' | ')}`;
}
