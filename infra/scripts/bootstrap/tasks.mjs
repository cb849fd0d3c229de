import { inRoot } from './paths.mjs';
import { isStale } from './stale.mjs';

/**
 * One program started with our Node. `preparation` steps write to standard error.
 * @typedef {object} Step
 * @property {readonly string[]} argv script and its arguments
 * @property {Readonly<Record<string, string>>} [env]
 * @property {boolean} [preparation]
 * @property {() => boolean} [needed] skipped when it answers false
 */

// End-of-turn inference, file and DNS work share libuv's threads; with the default four, calls wait for disks.
const MEDIA = { UV_THREADPOOL_SIZE: '16' };

const BIN = {
  electronVite: 'node_modules/electron-vite/bin/electron-vite.js',
  eslint: 'node_modules/eslint/bin/eslint.js',
  playwright: 'node_modules/@playwright/test/cli.js',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  tsc: 'node_modules/typescript/bin/tsc',
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/** @type {Step} */
export const BUILD_RENDERER = {
  argv: [BIN.vite, 'build', '--config', 'infra/config/vite.renderer.config.ts', '--logLevel', 'warn'],
};

/** The page of callers, which the worker serves. @type {Step} */
export const BUILD_CALLER = {
  argv: [BIN.vite, 'build', '--config', 'infra/config/vite.caller.config.ts', '--logLevel', 'warn'],
};

/** @type {Step} */
export const BUILD_DESKTOP = {
  argv: [
    BIN.electronVite,
    'build',
    '--config',
    'infra/config/electron.vite.config.ts',
    '--logLevel',
    'error',
  ],
};

/** What has to be built before a console or a caller's page can be opened. @type {readonly Step[]} */
export const BUILD_WHEN_STALE = [
  { ...BUILD_RENDERER, preparation: true, needed: rendererIsStale },
  { ...BUILD_CALLER, preparation: true, needed: callerIsStale },
  { ...BUILD_DESKTOP, preparation: true, needed: desktopIsStale },
];

export const TYPECHECK = [BIN.tsc, '--build'];
export const LINT = [BIN.eslint, '--config', 'infra/config/eslint.config.js', '--max-warnings', '0'];
export const PRETTIER = [BIN.prettier, '--log-level', 'warn'];
export const VITEST = [BIN.vitest, 'run', '--config', 'infra/config/vitest.config.ts'];
export const PLAYWRIGHT = [BIN.playwright, 'test', '--config', 'infra/config/playwright.config.ts'];

/** @type {Readonly<Record<string, (args: readonly string[]) => Step[]>>} */
const PLANS = {
  demo: args => {
    const rest = args.filter(arg => arg !== '--headless');
    // With a server of its own the demo has something to start and to stop besides the worker.
    return rest.length < args.length && !args.includes('--livekit')
      ? [{ argv: ['worker/entry/main.ts', '--demo', '--headless', ...rest], env: MEDIA }]
      : [
          ...(rest.length < args.length ? [] : BUILD_WHEN_STALE),
          { argv: ['infra/scripts/demo.ts', ...args], env: MEDIA },
        ];
  },
  worker: args => [{ argv: ['worker/entry/main.ts', ...args], env: MEDIA }],
  policy: args => [{ argv: ['infra/scripts/policy.ts', ...args] }],
  audit: args => [{ argv: ['infra/scripts/audit.ts', ...args] }],
  'audit:verify': args => [{ argv: ['infra/scripts/audit-verify.ts', ...args] }],
  bench: args => [{ argv: ['tests/bench/main.ts', ...args], env: MEDIA }],
  torture: args => [{ argv: ['tests/torture/main.ts', ...args], env: MEDIA }],
  test: args => [{ argv: ['infra/scripts/test.ts', ...args], env: MEDIA }],
  'test:unit': args => [{ argv: [...VITEST, ...args], env: MEDIA }],
  'test:e2e': args => [...BUILD_WHEN_STALE, { argv: [...PLAYWRIGHT, ...args], env: MEDIA }],
  livekit: args => [{ argv: ['infra/scripts/livekit.ts', ...args] }],
  shots: args => [...BUILD_WHEN_STALE, { argv: ['tests/shots/main.ts', ...args], env: MEDIA }],
  build: () => [BUILD_RENDERER, BUILD_CALLER, BUILD_DESKTOP],
  'pack:check': args => [
    BUILD_RENDERER,
    BUILD_CALLER,
    BUILD_DESKTOP,
    { argv: ['infra/scripts/pack-check.ts', ...args] },
  ],
  typecheck: args => [{ argv: [...TYPECHECK, ...args] }],
  lint: args => [{ argv: [...LINT, ...(args.length > 0 ? args : ['.'])] }],
  format: args => [{ argv: [...PRETTIER, ...(args.length > 0 ? args : ['--write', '.'])] }],
};

export const TASKS = Object.keys(PLANS);

/** @param {string} task @param {readonly string[]} args @returns {Step[] | null} null for an unknown task */
export function planTask(task, args) {
  return Object.hasOwn(PLANS, task) ? (PLANS[task]?.(args) ?? null) : null;
}

/** Main and preload script are one build: the older of the two tells. */
function desktopIsStale() {
  const sources = ['electron', 'shared', 'infra/config/electron.vite.config.ts', 'package-lock.json'];
  return ['out/main/index.js', 'out/preload/preload.cjs'].some(output =>
    isStale(
      inRoot(output),
      sources.map(source => inRoot(source)),
    ),
  );
}

function rendererIsStale() {
  const sources = ['renderer', 'shared', 'infra/config/vite.renderer.config.ts', 'package-lock.json'];
  return isStale(
    inRoot('out/renderer/index.html'),
    sources.map(source => inRoot(source)),
  );
}

function callerIsStale() {
  const sources = [
    'renderer/caller',
    'renderer/media',
    'renderer/theme',
    'shared',
    'infra/config/vite.caller.config.ts',
    'package-lock.json',
  ];
  return isStale(
    inRoot('out/caller/index.html'),
    sources.map(source => inRoot(source)),
  );
}
