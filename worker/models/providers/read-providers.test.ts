import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProviders } from './read-providers.ts';

const folder = mkdtempSync(join(tmpdir(), 'sidetone-providers-'));
let files = 0;
function fileOf(content: unknown): string {
  const file = join(folder, `${String(++files)}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const cloud = {
  profile: 'cloud',
  profiles: {
    cloud: {
      reply: [{ use: 'openai-chat' }, { use: 'openai-chat', model: 'gpt-4o-mini' }],
      hearing: [{ use: 'deepgram', model: 'nova-2' }],
      voice: [
        { use: 'elevenlabs', voiceId: 'abc', baseUrl: 'https://voices.example/v1/' },
        { use: 'openai' },
      ],
    },
  },
};

describe('providers file', () => {
  test('[PRO1] without a file nothing leaves the machine, whatever keys are set', () => {
    const { profile, leftOut } = readProviders(null, { OPENAI_API_KEY: 'k', DEEPGRAM_API_KEY: 'k' });
    expect([profile.reply, profile.hearing, profile.voice, leftOut]).toEqual([
      [{ use: 'offline' }],
      [{ use: 'scripted' }],
      [{ use: 'offline' }],
      [],
    ]);
  });

  test('[PRO2] keys come from the environment', () => {
    const { profile, keys } = readProviders(fileOf(cloud), {
      OPENAI_API_KEY: ' key-1 ',
      DEEPGRAM_API_KEY: 'key-2',
      ELEVEN_API_KEY: 'key-3',
    });
    expect(keys).toEqual({ openai: 'key-1', deepgram: 'key-2', elevenlabs: 'key-3' });
    expect(profile.reply.map(provider => 'model' in provider && provider.model)).toEqual([
      'gpt-4.1',
      'gpt-4o-mini',
    ]);
    expect(profile.voice[0]).toMatchObject({ voiceId: 'abc', baseUrl: 'https://voices.example/v1' });
  });

  test('[PRO2] what does not fit is refused with its place, and a key in the file with it', () => {
    const refused = (content: unknown): unknown => {
      try {
        return readProviders(fileOf(content), {});
      } catch (error) {
        return error;
      }
    };
    const withKey = structuredClone(cloud) as { profiles: { cloud: { reply: object[] } } };
    withKey.profiles.cloud.reply[0] = { use: 'openai-chat', apiKey: 'secret' };
    for (const [content, place] of [
      [withKey, /profiles\.cloud\.reply\.0.*apiKey/u],
      [{ ...cloud, profile: 'other' }, /profile/u],
      [{ profile: 'x', profiles: { x: { voice: [{ use: 'elevenlabs', voiceId: '../../x' }] } } }, /voiceId/u],
      ['{', /cannot be read as JSON/u],
    ] as const) {
      const error = refused(content);
      expect(error).toMatchObject({ body: { code: 'input.invalid', message: expect.stringMatching(place) } });
      expect(JSON.stringify(error)).not.toContain('secret');
    }
  });

  test('[PRO3] what nobody has a key for is left out and told', () => {
    const { profile, leftOut } = readProviders(fileOf(cloud), { OPENAI_API_KEY: 'k', ELEVEN_API_KEY: '  ' });
    expect(profile.hearing).toEqual([]);
    expect(profile.voice.map(({ use }) => use)).toEqual(['openai']);
    expect(leftOut).toEqual(['deepgram (DEEPGRAM_API_KEY)', 'elevenlabs (ELEVEN_API_KEY)']);
  });
});
