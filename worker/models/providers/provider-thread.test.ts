import { afterEach, describe, expect, test, vi } from 'vitest';
import { OFFLINE_PROFILE } from '#shared/config/provider-config.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import type { ProviderNote } from './provider-note.ts';
import { ProviderThread } from './provider-thread.ts';
import { ThreadedVoiceEngine } from './threaded-voice-engine.ts';

const HOSTILE = new URL('../../../tests/fixtures/hostile-thread.ts', import.meta.url);
const never = new AbortController().signal;
const opened: ProviderThread[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(thread => thread.stop()));
});

const THROWING = new URL('../../../tests/fixtures/throwing-thread.ts', import.meta.url);

async function start(threadUrl = HOSTILE) {
  const notes: ProviderNote[] = [];
  const clock = createVirtualClock();
  const thread = new ProviderThread('test', note => notes.push(note), threadUrl);
  opened.push(thread);
  await thread.ready();
  const voice = new ThreadedVoiceEngine({
    provider: { use: 'openai', voice: 'alloy', model: 'm', baseUrl: 'http://127.0.0.1:9' },
    apiKey: 'k',
    patience: OFFLINE_PROFILE.patience,
    clock,
    thread,
    tell: note => notes.push(note),
  });
  return { thread, voice, clock, notes, say: (text: string) => voice.synthesise(text, 'ai', never) };
}

describe('provider thread', () => {
  test('[PRO32] a thread that ends fails its lines, and the next request starts a new one', async () => {
    const { say } = await start();
    await expect(say('die')).rejects.toMatchObject({ body: { code: 'provider.failed', retryable: true } });
    expect((await say('Hello.')).samples).toHaveLength(1600);
  });

  test('[PRO33][PRO20] a thread that hangs is replaced after three lines that ran into their deadline', async () => {
    const { say, clock, notes } = await start();
    for (const text of ['hang', 'one', 'two']) {
      const refused = expect(say(text)).rejects.toMatchObject({ body: { code: 'provider.timeout' } });
      await clock.advanceAsync(OFFLINE_PROFILE.patience.voiceFirstMs);
      await refused;
    }
    expect(notes).toContainEqual({ type: 'contained', provider: 'test', what: 'hung' });
    expect((await say('Hello.')).samples).toHaveLength(1600);
  });

  test(
    '[PRO31] what nobody can catch is told by its name, without its message, and the thread works on',
    { timeout: 30_000 },
    async () => {
      const { say, notes } = await start(THROWING);
      // Nobody listens on that port: the thread has to be there to say so.
      await expect(say('Hello.')).rejects.toMatchObject({ body: { code: 'provider.unreachable' } });
      const contained = (): string[] => notes.flatMap(note => (note.type === 'contained' ? [note.what] : []));
      await vi.waitFor(() => expect(contained().sort()).toEqual(['Error ECONNREFUSED', 'TypeError']));
      expect(JSON.stringify(notes)).not.toMatch(/key|said/u);
    },
  );

  test('[PRO32] a stopped thread refuses, and says so', async () => {
    const { thread, say } = await start();
    await thread.stop();
    await expect(say('Hello.')).rejects.toMatchObject({ body: { code: 'provider.failed' } });
  });

  test('[PRO29] what was spoken before is not bought again', async () => {
    const { say, notes } = await start();
    await say('Hello.');
    await say('Hello.');
    expect(notes).toEqual([{ type: 'used', role: 'voice', provider: 'openai alloy', characters: 6 }]);
  });
});
