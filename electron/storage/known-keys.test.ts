import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KnownKeys } from './known-keys.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (worker: string, file = 'known-keys.json'): KnownKeys => new KnownKeys(join(folder, file), worker);

test('[ARC13] a key is of this desk’s worker, of another, or of none, also after a restart', () => {
  at('a').seen(['key-a'], 1);
  at('b').seen(['key-b'], 2);
  const keys = at('a');
  expect(keys.ownerOf('key-a')).toEqual({ name: 'own' });
  expect(keys.ownerOf('key-b')).toEqual({ name: 'known', worker: 'b' });
  expect(keys.ownerOf('key-c')).toBeNull();
  expect(keys.ownerOf('constructor')).toBeNull();
});

test('[ARC13] what a worker does not name any more is not its key any more, but one that was seen', () => {
  at('a').seen(['key-old'], 1);
  const keys = at('a');
  expect(keys.ownerOf('key-old')).toEqual({ name: 'own' });
  keys.seen(['key-new'], 2);
  expect(keys.ownerOf('key-new')).toEqual({ name: 'own' });
  expect(keys.ownerOf('key-old')).toEqual({ name: 'known', worker: 'a' });
});

test('[ARC13] a damaged file knows no key, and one that cannot be written does no harm', () => {
  writeFileSync(join(folder, 'known-keys.json'), '{"keys": [');
  expect(at('a').ownerOf('key-a')).toBeNull();
  writeFileSync(join(folder, 'no-folder'), '');
  const keys = at('a', 'no-folder/known-keys.json');
  keys.seen(['key-a'], 1);
  expect(keys.ownerOf('key-a')).toEqual({ name: 'own' });
});
