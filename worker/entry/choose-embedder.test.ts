import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OFFLINE_PROFILE } from '#shared/config/provider-config.ts';
import { readProviders } from '#worker/models/providers/read-providers.ts';
import { startOpenAiEmulator } from '#tests/emulators/openai-emulator.ts';
import { chooseEmbedder } from './choose-embedder.ts';

const file = join(mkdtempSync(join(tmpdir(), 'sidetone-embedding-')), 'providers.json');

test('[PRO44] vectors come from the provider of the profile, through its own client', async () => {
  const emulator = await startOpenAiEmulator({ answer: () => [] });
  const embedding = { use: 'openai', dim: 8, baseUrl: `${emulator.httpUrl}/v1` };
  writeFileSync(file, JSON.stringify({ profile: 'p', profiles: { p: { embedding } } }));
  const { profile, keys } = readProviders(file, { OPENAI_API_KEY: 'key' });
  const embedder = chooseEmbedder(profile.embedding, keys)?.([]);
  const [vector] = (await embedder?.embed(['opening hours'], new AbortController().signal)) ?? [];
  expect(vector).toHaveLength(8);
  await emulator.close();
});

test('[PRO44] without its key the provider is left out by name, and this machine makes the vectors', () => {
  writeFileSync(file, JSON.stringify({ profile: 'p', profiles: { p: { embedding: { use: 'openai' } } } }));
  const { profile, keys, leftOut } = readProviders(file, {});
  expect(leftOut).toEqual(['openai (OPENAI_API_KEY)']);
  expect(chooseEmbedder(profile.embedding, keys)).toBeNull();
  expect(chooseEmbedder(OFFLINE_PROFILE.embedding, { openai: 'key' })).toBeNull();
});
