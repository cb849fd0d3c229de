/** Fuses of the packed app, by their names in @electron/fuses. */
export const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  GrantFileProtocolExtraPrivileges: false,
} as const;

const WANTED = [
  '/out/main/index.js',
  '/out/preload/preload.cjs',
  '/out/renderer/index.html',
  '/package.json',
];

/** Plain Node runs the worker: it cannot look into the archive. */
const WANTED_OUTSIDE = [
  'package.json',
  'worker/entry/main.ts',
  'worker/store/sqlite/store-thread.ts',
  'shared/events/call-event.ts',
  'resources/policies/demo.json',
  'node_modules/better-sqlite3/package.json',
  'node_modules/@livekit/rtc-node/package.json',
];

const UNWANTED: ReadonlyArray<readonly [pattern: RegExp, what: string]> = [
  [/\.test\.tsx?$/u, 'a test'],
  [/^\/(?:tests|infra|renderer|electron|docs)\//u, 'a source or tool that does not ship'],
  [/^\/out\/.*\.map$/u, 'a source map'],
  [/^\/node_modules\/(?:react|electron|vite|playwright|typescript)\//u, 'a development package'],
  [/^\/node_modules\/better-sqlite3\/(?:deps|src)\//u, 'C sources'],
  [/\.(?:env|pem|key|sqlite)$/u, 'a secret or data'],
];

/**
 * What is wrong with a packed app (SHL12).
 * @param files paths in the archive, with a leading slash
 * @param isUnpacked whether a path lies beside the archive
 * @param isResource whether a path lies in the resources folder
 */
export function packProblems(
  files: readonly string[],
  isUnpacked: (path: string) => boolean,
  isResource: (path: string) => boolean,
): string[] {
  const packed = new Set(files);
  return [
    ...WANTED.filter(file => !packed.has(file)).map(file => `${file} is missing in the archive`),
    ...WANTED_OUTSIDE.filter(file => !isUnpacked(file)).map(file => `${file} is missing beside the archive`),
    ...files.flatMap(file =>
      UNWANTED.filter(([pattern]) => pattern.test(file)).map(([, what]) => `${file} is packed: ${what}`),
    ),
    ...files
      .filter(file => file.endsWith('.node') && !isUnpacked(file.slice(1)))
      .map(file => `${file} is native and lies inside the archive`),
    ...(isResource('node/node') || isResource('node/node.exe')
      ? []
      : ['the Node that runs the worker is missing']),
  ];
}
