import { type stt } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { ScriptedUtterance } from '#shared/adapters/speech-script.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import { REPLY_MODEL_CONTRACT, type ReplyModelHarness } from '#tests/contract/reply-model.contract.ts';
import { STT_CONTRACT } from '#tests/contract/stt.contract.ts';
import { VOICE_CONTRACT } from '#tests/contract/voice-engine.contract.ts';
import { profileOf, startEmulators, TEST_KEYS, type Emulators } from '#tests/emulators/provider-bench.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { REPLY_SABOTAGES, STT_SABOTAGES, VOICE_SABOTAGES } from '#tests/fakes/saboteur-providers.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { FliteVoiceEngine } from '#worker/models/flite/flite-voice.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { OpenAiChatReplyModel } from '#worker/models/providers/openai-chat-reply-model.ts';
import { OpenAiRealtimeReplyModel } from '#worker/models/providers/openai-realtime-reply-model.ts';
import { ProviderThread } from '#worker/models/providers/provider-thread.ts';
import { ThreadedStt } from '#worker/models/providers/threaded-stt.ts';
import { ThreadedVoiceEngine } from '#worker/models/providers/threaded-voice-engine.ts';
import { ScriptedStt } from '#worker/models/scripted-stt.ts';

const SAID = ['Why is there a fee?', 'I did not order that.'];
const ANSWER = ['The fee is', ' four eu', 'ros [p', '1]. ', 'Anything', ' else?'];

let emulators: Emulators;
let threads: Readonly<Record<'openai' | 'deepgram' | 'elevenlabs', ProviderThread>>;
const flite = new FliteVoiceEngine();

const tell = (): void => undefined;
beforeAll(async () => {
  emulators = await startEmulators({ answer: () => ANSWER });
  threads = {
    openai: new ProviderThread('openai', tell),
    deepgram: new ProviderThread('deepgram', tell),
    elevenlabs: new ProviderThread('elevenlabs', tell),
  };
  await Promise.all(Object.values(threads).map(thread => thread.ready()));
}, 60_000);
afterAll(async () => {
  await Promise.all(Object.values(threads).map(thread => thread.stop()));
  await flite.stop();
  await emulators.close();
});

/** The deadlines are of no interest here; faults have a file of their own. */
const shared = (use: 'openai-chat' | 'openai-realtime') => {
  const profile = profileOf(emulators, { reply: [use] });
  return {
    provider: profile.reply[0] as never,
    apiKey: TEST_KEYS.openai,
    systemPrompt: 'You work for Larkfield.',
    patience: profile.patience,
    clock: systemClock,
    tell,
  };
};

const brains: Readonly<Record<string, () => Promise<ReplyModelHarness>>> = {
  chat: async () => {
    await emulators.openai.setFault('healthy');
    return {
      model: new OpenAiChatReplyModel(shared('openai-chat')),
      breakIt: () => emulators.openai.setFault('status-500'),
    };
  },
  realtime: async () => {
    await emulators.openai.setFault('healthy');
    return {
      model: new OpenAiRealtimeReplyModel(shared('openai-realtime')),
      breakIt: () => emulators.openai.setFault('status-500'),
    };
  },
};

const offlineBrain = (): ReplyModel => new OfflineReplyModel({ clock: createVirtualClock(), wordDelayMs: 0 });

describe('brains', () => {
  for (const [name, harness] of Object.entries(brains))
    describe(name, () => {
      for (const { title, run } of REPLY_MODEL_CONTRACT) test(title, async () => run(await harness()));
    });
  describe('offline', () => {
    // It cannot fail, so there is nothing to break.
    for (const { title, run } of REPLY_MODEL_CONTRACT.filter(one => !one.title.includes('a failure')))
      test(title, async () => run({ model: offlineBrain(), breakIt: () => undefined }));
  });
  for (const { name, breaks, model } of REPLY_SABOTAGES)
    test(`[PRO40] a brain that ${name} is noticed`, async () => {
      const noticed = REPLY_MODEL_CONTRACT.filter(one => one.title.includes(breaks));
      expect(noticed).toHaveLength(1);
      const harness = { model: model(offlineBrain()), breakIt: () => undefined };
      await expect(noticed[0]?.run(harness)).rejects.toThrow();
    });
});

const voices: Readonly<Record<string, () => VoiceEngine>> = {
  local: () => flite,
  elevenlabs: () => voiceOf('elevenlabs'),
  openai: () => voiceOf('openai'),
};

function voiceOf(use: 'elevenlabs' | 'openai'): VoiceEngine {
  const profile = profileOf(emulators, { voice: [use] });
  return new ThreadedVoiceEngine({
    provider: profile.voice[0] as never,
    apiKey: TEST_KEYS[use],
    patience: profile.patience,
    clock: systemClock,
    thread: threads[use],
    tell,
  });
}

describe('voices', () => {
  for (const [name, voice] of Object.entries(voices))
    describe(name, () => {
      for (const { title, run } of VOICE_CONTRACT)
        test(title, async () => {
          await emulators.setFault('healthy');
          await run({ voice: voice() });
        });
    });
  for (const { name, breaks, voice } of VOICE_SABOTAGES)
    test(`[PRO41] a voice that ${name} is noticed`, async () => {
      const noticed = VOICE_CONTRACT.filter(one => one.title.includes(breaks));
      expect(noticed).toHaveLength(1);
      await expect(noticed[0]?.run({ voice: voice(flite) })).rejects.toThrow();
    });
});

/** Each run needs a recogniser that has told nothing yet. */
const ears: Readonly<Record<string, () => Promise<{ recogniser: stt.STT; close: () => Promise<void> }>>> = {
  scripted: async () => ({ recogniser: scripted(), close: async () => undefined }),
  deepgram: () => hearingOf('deepgram'),
  openai: () => hearingOf('openai'),
};

async function hearingOf(use: 'deepgram' | 'openai') {
  const own = await startEmulators(
    { answer: () => [], transcripts: SAID },
    SAID.map((text, index) => ({ text, afterMs: 600 * (index + 1) })),
  );
  const profile = profileOf(own, { hearing: [use] });
  const request = { op: 'listen', provider: profile.hearing[0] as never, apiKey: TEST_KEYS[use] } as const;
  return { recogniser: new ThreadedStt(threads[use], request, 60_000), close: () => own.close() };
}

function scripted(): stt.STT {
  const utterances = SAID.map((text, index): ScriptedUtterance => {
    const startSample = index * 16_000 + 1600;
    const words = text
      .split(' ')
      .map((word, at) => ({ text: word, endSample: startSample + (at + 1) * 1600 }));
    return { text, startSample, endSample: words.at(-1)?.endSample ?? startSample, words };
  });
  return new ScriptedStt('c1' as never, { utterances: () => utterances });
}

describe('recognisers', () => {
  for (const [name, open] of Object.entries(ears))
    describe(name, () => {
      for (const { title, run } of STT_CONTRACT)
        test(title, { timeout: 20_000 }, async () => {
          const { recogniser, close } = await open();
          await run({ recogniser, said: SAID }).finally(close);
        });
    });
  for (const { name, breaks, wrap } of STT_SABOTAGES)
    test(`[PRO42] a recogniser that ${name} is noticed`, async () => {
      const noticed = STT_CONTRACT.filter(one => one.title.includes(breaks));
      expect(noticed).toHaveLength(1);
      await expect(noticed[0]?.run({ recogniser: wrap(scripted()), said: SAID })).rejects.toThrow();
    });
});
