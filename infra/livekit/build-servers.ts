import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../scripts/bootstrap/paths.mjs';

/** Older ones cannot fetch the toolchain that the module asks for. */
const OLDEST_GO = [1, 21] as const;

const PACKAGES = {
  server: 'github.com/livekit/livekit-server/cmd/server',
  testServer: 'github.com/livekit/livekit-server/cmd/test-server',
} as const;

export type LivekitBinary = keyof typeof PACKAGES;

export type BuiltServer =
  | { readonly ok: true; readonly file: string; readonly built: boolean }
  | { readonly ok: false; readonly reason: string };

/**
 * A server of LiveKit, built once from the pinned Go module and kept in `.cache` under the hash of its lock file. Building
 * takes about two minutes and needs Go and the module proxy; without Go the answer says so (LK1).
 */
export function buildServer(binary: LivekitBinary): BuiltServer {
  const module = inRoot('infra', 'livekit');
  const lock = ['go.mod', 'go.sum'].map(name => readFileSync(join(module, name)));
  const version = createHash('sha256').update(Buffer.concat(lock)).digest('hex').slice(0, 16);
  const folder = inRoot('.cache', 'livekit', version);
  const file = join(folder, process.platform === 'win32' ? `${binary}.exe` : binary);
  if (existsSync(file)) return { ok: true, file, built: false };
  const go = goVersion();
  if (go === null) return { ok: false, reason: 'Go is missing; LiveKit’s server is built from its source' };
  if (!isNewEnough(go)) return { ok: false, reason: `Go ${go} is too old to build LiveKit’s server` };
  mkdirSync(folder, { recursive: true });
  process.stderr.write('Building LiveKit’s server, once (about two minutes)...\n');
  // Under another name first: a build that was cut short must not look finished.
  const unfinished = `${file}.unfinished`;
  const build = spawnSync(
    'go',
    ['build', '-trimpath', '-ldflags=-s -w', '-o', unfinished, PACKAGES[binary]],
    {
      cwd: module,
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' },
      encoding: 'utf8',
    },
  );
  if (build.status !== 0)
    return { ok: false, reason: `LiveKit’s server could not be built: ${lastLine(build.stderr)}` };
  renameSync(unfinished, file);
  return { ok: true, file, built: true };
}

function goVersion(): string | null {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  return status === 0 ? (/go(\d+\.\d+)/u.exec(stdout)?.[1] ?? null) : null;
}

/** @param version such as `1.26` */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]);
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
