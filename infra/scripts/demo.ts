/**
 * `npm run demo`: the console on scripted callers, in the desktop app where that is possible, otherwise in the browser.
 * `--electron` and `--browser` force one, `--livekit` lets the callers come over a real LiveKit server; everything else goes to
 * the desk.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './bootstrap/paths.mjs';
import { runStep } from './bootstrap/run-step.mjs';
import { demoServer, wantedServer } from './demo/livekit-server.ts';
import { chooseShell, wantedShell } from './demo/choose-shell.ts';

const INSTALL_LIMIT_MS = 30_000;
const ELECTRON = inRoot('node_modules', 'electron');
/** Left after a failed installation, so that the next start does not wait again. */
const FAILED = inRoot('.cache', 'electron-install-failed');

function electronBinary(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override) return inRoot(override, 'electron');
  const pathFile = inRoot('node_modules', 'electron', 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = inRoot('node_modules', 'electron', 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(binary) ? binary : null;
}

/** Electron's own installer, once, for at most 30 s. @returns why it is not there, or an empty string */
function installElectron(again: boolean): string {
  if (!existsSync(ELECTRON)) return 'the electron package is not installed';
  if (existsSync(FAILED) && !again) return 'Electron could not be downloaded before (--electron tries again)';
  process.stderr.write('Installing Electron, once (at most 30 s)...\n');
  const { status, error } = spawnSync(process.execPath, [inRoot('node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
    timeout: INSTALL_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  if (status === 0 && electronBinary() !== null) return '';
  mkdirSync(inRoot('.cache'), { recursive: true });
  writeFileSync(FAILED, '');
  return error ? 'Electron could not be downloaded within 30 s' : 'Electron could not be downloaded';
}

const { wanted, rest: withServer } = wantedShell(process.argv.slice(2));
const { wanted: onLivekit, rest: withShell } = wantedServer(withServer);
const isHeadless = withShell.includes('--headless');
const rest = withShell.filter(arg => arg !== '--headless');
const hasScreen =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
const tries = !isHeadless && (wanted === 'electron' || (wanted === null && hasScreen));
const whyNot = tries && electronBinary() === null ? installElectron(wanted === 'electron') : '';
const binary = tries ? electronBinary() : null;

const choice = isHeadless
  ? ({ shell: 'none', says: 'No console: the worker alone.' } as const)
  : chooseShell(wanted, { hasElectron: binary !== null, whyNot, hasScreen });
process.stderr.write(`${choice.says}\n`);
if (choice.shell === null) process.exit(1);
const server = onLivekit ? await demoServer() : null;
if (server?.ok === false) {
  process.stderr.write(`${server.says}\n`);
  process.exit(1);
}
if (server) process.stderr.write('Callers come as participants of a real LiveKit server on this machine.\n');
const args = [...rest, ...(server?.args ?? [])];
const env = server?.environment ?? {};
const code = await runStep(...program());
await server?.stop();
process.exit(code);

/** What runs, and with what. */
function program(): Parameters<typeof runStep> {
  if (choice.shell === 'none')
    return [process.execPath, { argv: ['worker/entry/main.ts', '--demo', '--headless', ...args], env }];
  if (choice.shell === 'electron' && binary !== null)
    return [binary, { argv: ['.', ...asRoot(), '--', ...withData(args)], env }];
  return [process.execPath, { argv: ['electron/browser-host/main.ts', ...args], env }];
}

/** Chromium's sandbox refuses to start as root. */
function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** The demo keeps its data in the project; the installed app keeps its own in the person's folder. */
function withData(args: readonly string[]): readonly string[] {
  return args.some(arg => arg.startsWith('--data')) ? args : ['--data', 'data', ...args];
}
