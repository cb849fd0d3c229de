import { expect, test } from 'vitest';
import { storeFolder } from './store-folder.ts';

test('[DST9] each worker has a store of its own, inside the data folder', () => {
  const at = (url: string) => storeFolder({ data: 'data', remote: { url, tokenFile: 't' } });
  const folders = [
    storeFolder({ data: 'data', remote: null }),
    at('https://one.example'),
    at('https://two.example'),
    at('https://one.example:8443'),
    at('http://[::1]:8080'),
  ];
  expect(new Set(folders).size).toBe(folders.length);
  for (const folder of folders) expect(folder).toMatch(/^data[/\\]desk-store[/\\][\w.-]+$/u);
});
