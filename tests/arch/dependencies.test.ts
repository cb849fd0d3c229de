import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './import-graph.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const read = (name: string): unknown => JSON.parse(readFileSync(resolve(ROOT, name), 'utf8'));
const { dependencies, devDependencies } = read('package.json') as Manifest;
const { packages } = read('package-lock.json') as Lock;

test('every dependency is pinned to one version', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
});

/** Higher numbers that are older: published by mistake or abandoned, and what `npm install x@latest` may offer. */
const STALE: ReadonlyArray<readonly [name: string, version: RegExp]> = [
  ['@livekit/agents-plugin-openai', /^2\.0\.0$/],
  ['@livekit/protocol', /^2\.0\.0$/],
  ['@livekit/components-react', /^3\.0\.0$/],
  ['@livekit/rtc-node', /^1\./],
];

const staleIn = (installed: Lock['packages']) =>
  Object.entries(installed).flatMap(([path, { version = '' }]) =>
    STALE.some(([name, stale]) => path.endsWith(`node_modules/${name}`) && stale.test(version))
      ? [`${path} ${version}`]
      : [],
  );

test('no stale major of a package is installed, however deep', () => {
  expect(staleIn(packages)).toEqual([]);
});

test('a stale major would be noticed', () => {
  expect(staleIn({ 'node_modules/a/node_modules/@livekit/rtc-node': { version: '1.0.2' } })).toHaveLength(1);
});

test('the lock file names the public registry only', () => {
  const hosts = Object.values(packages).flatMap(({ resolved }) => (resolved ? [new URL(resolved).host] : []));
  expect([...new Set(hosts)].filter(host => host !== 'registry.npmjs.org')).toEqual([]);
});

test('the lock file holds the native packages of every platform', () => {
  // npm leaves out those of other systems when it locks beside an installed tree, and `npm ci` then refuses to run.
  const names = new Set(Object.keys(packages).map(path => path.replace(/^.*node_modules\//, '')));
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter(name => !names.has(name)),
  );
  expect(missing).toEqual([]);
});
