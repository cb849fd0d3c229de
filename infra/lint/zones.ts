import { posix } from 'node:path';

/**
 * Who may import whom, once, for the linter and for the test that walks the real import graph.
 * The prose is in docs/architecture.md. Paths are relative to the repository, with forward slashes.
 */

/** A step may import itself and the steps before it. `sqlite` stands beside them: it may use them, they may not use it. */
const SHARED_STEPS = [
  ['base'],
  ['domain'],
  ['errors'],
  ['events'],
  ['adapters', 'protocol', 'ipc', 'config'],
  ['projections'],
];
const SHARED_SQLITE_PACKAGES = ['better-sqlite3', 'sqlite-vec'];

const RENDERER: Readonly<Record<string, readonly string[]>> = {
  app: ['screens', 'components', 'stores', 'media', 'theme'],
  screens: ['components', 'stores', 'media', 'theme'],
  components: ['theme'],
  stores: ['bridge', 'media'],
  // What callers open: nothing of the console may come along.
  caller: ['media', 'theme'],
  media: ['bridge', 'stores'],
  bridge: [],
  theme: [],
};

const ELECTRON: Readonly<Record<string, readonly string[]>> = {
  main: ['desk', 'ipc', 'core', 'diagnostics'],
  'browser-host': ['desk', 'ipc', 'core', 'diagnostics'],
  desk: ['ipc', 'core', 'storage', 'worker-host', 'diagnostics'],
  preload: [],
  ipc: ['core', 'storage', 'sync', 'diagnostics'],
  core: ['storage', 'sync', 'diagnostics'],
  sync: ['storage', 'diagnostics'],
  storage: ['diagnostics'],
  'worker-host': ['diagnostics'],
  diagnostics: [],
};

/** Each of these is closed to the folders that do not start or hold it. */
const WORKER_UPPER: Readonly<Record<string, readonly string[]>> = {
  entry: [],
  control: ['entry'],
  host: ['entry'],
  session: ['entry', 'host'],
};
const WORKER_ADAPTERS = ['media', 'telephony', 'models', 'ticketing', 'shop', 'store'];

const PRODUCT = ['shared', 'worker', 'electron', 'renderer'];
const TEST_FILE = /\.(test|contract|e2e|bench|load)\.tsx?$/;

/** @returns why `from` may not import `to`, in one sentence, or null if it may */
export function importProblem(from: string, to: string): string | null {
  const [zone = '', folder = '', part = ''] = from.split('/');
  if (isPackage(to)) return packageProblem(zone, folder, to, TEST_FILE.test(from));
  if (TEST_FILE.test(from) || !PRODUCT.includes(zone)) return null;

  const [toZone = '', toFolder = '', toPart = ''] = to.split('/');
  if (toZone === 'tests') return 'Nothing that ships may depend on tests.';
  if (toZone === 'infra') return 'Tools stay outside what ships.';
  if (!PRODUCT.includes(toZone)) return null;
  if (zone !== toZone) {
    if (toZone !== 'shared') {
      return `${zone} and ${toZone} are separate programs: what both need belongs in shared.`;
    }
    const usesDatabase =
      toFolder === 'sqlite' && (zone === 'renderer' || `${zone}/${folder}` === 'worker/policies');
    return usesDatabase ? 'shared/sqlite holds native code and is closed here.' : null;
  }
  if (zone === 'shared') return sharedProblem(folder, toFolder);
  if (zone === 'worker') return workerProblem(folder, part, toFolder, toPart);
  if (folder === toFolder) return folder === 'screens' ? screenProblem(part, toPart) : null;
  return tableProblem(zone === 'renderer' ? RENDERER : ELECTRON, zone, folder, toFolder);
}

/** The file or the package an import names, seen from `from`. */
export function resolveImport(from: string, specifier: string): string {
  const path = specifier.replace(/\?.*$/, ''); // Vite's ?worker&url
  if (path.startsWith('#')) return path.slice(1);
  return path.startsWith('.') ? posix.join(posix.dirname(from), path) : path;
}

const isPackage = (to: string): boolean => to.startsWith('node:') || !/^[\w.-]+\/.*\.\w+$/.test(to);

function packageProblem(zone: string, folder: string, name: string, inTest: boolean): string | null {
  if (name === 'electron' || name.startsWith('electron/')) {
    return zone === 'electron' && (folder === 'main' || folder === 'preload')
      ? null
      : 'Only electron/main and electron/preload run inside Electron; everything else must start in plain Node.';
  }
  if (inTest) return null;
  if (zone === 'renderer' && name.startsWith('node:'))
    return 'The renderer is sandboxed: there is no Node in it.';
  if (zone === 'worker' && folder === 'policies') return 'Policies judge words and import only shared.';
  if (zone !== 'shared' || name === 'zod') return null;
  const forSqlite = SHARED_SQLITE_PACKAGES.includes(name) || name.startsWith('node:');
  if (folder === 'sqlite' && forSqlite) return null;
  return 'shared runs in every process: it imports itself and zod.';
}

function sharedProblem(folder: string, toFolder: string): string | null {
  if (folder === toFolder) return null;
  if (toFolder === 'sqlite') return 'shared/sqlite holds native code: the rest of shared must load anywhere.';
  if (folder === 'sqlite') return null;
  const step = (name: string): number => SHARED_STEPS.findIndex(names => names.includes(name));
  return step(toFolder) <= step(folder) ? null : `shared is a stair, and ${folder} stands below ${toFolder}.`;
}

function workerProblem(folder: string, part: string, toFolder: string, toPart: string): string | null {
  if (folder === toFolder) {
    const bothVendors = isFolderName(part) && isFolderName(toPart) && part !== toPart;
    return WORKER_ADAPTERS.includes(folder) && bothVendors
      ? `Adapters never import each other: ${folder}/${part} must work without ${folder}/${toPart}.`
      : null;
  }
  if (folder === 'policies') return 'Policies judge words and import only shared.';
  const openTo = WORKER_UPPER[toFolder];
  if (openTo && !openTo.includes(folder)) {
    return `worker/${toFolder} wires others together; ${openTo.length > 0 ? `only ${openTo.join(' and ')} may` : 'nothing may'} import it.`;
  }
  return WORKER_ADAPTERS.includes(folder) && WORKER_ADAPTERS.includes(toFolder)
    ? `Adapters never import each other: ${folder} meets ${toFolder} only in a session.`
    : null;
}

const isFolderName = (part: string): boolean => part !== '' && !part.includes('.');

const screenProblem = (part: string, toPart: string): string | null =>
  isFolderName(part) && isFolderName(toPart) && part !== toPart
    ? 'Screens do not know each other: what two of them need is a component or a store.'
    : null;

function tableProblem(
  table: Readonly<Record<string, readonly string[]>>,
  zone: string,
  folder: string,
  toFolder: string,
): string | null {
  const open = table[folder];
  if (open === undefined || toFolder.includes('.')) return null; // a file at the top of its zone
  if (open.includes(toFolder)) return null;
  return `${zone}/${folder} may import ${open.length > 0 ? open.join(', ') : 'nothing else here'}, not ${toFolder}.`;
}
