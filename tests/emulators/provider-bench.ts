import { initializeLogger, type stt } from '@livekit/agents';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import { providerConfigSchema, type ProviderProfile } from '#shared/config/provider-config.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { assembleProviders, type Providers } from '#worker/models/providers/assemble-providers.ts';
import type { ProviderNote } from '#worker/models/providers/provider-note.ts';
import { startDeepgramEmulator, type HeardUtterance } from './deepgram-emulator.ts';
import { startElevenLabsEmulator } from './elevenlabs-emulator.ts';
import type { EmulatorServer, Fault } from './emulator-server.ts';
import { startOpenAiEmulator, type OpenAiScript } from './openai-emulator.ts';

initializeLogger({ pretty: false, level: 'silent' });

export const TEST_KEYS = {
  openai: 'key-of-the-test-1',
  deepgram: 'key-of-the-test-2',
  elevenlabs: 'key-of-the-test-3',
};

export interface Emulators {
  readonly openai: EmulatorServer;
  readonly deepgram: EmulatorServer;
  readonly elevenlabs: EmulatorServer;
  setFault(fault: Fault): Promise<void>;
  close(): Promise<void>;
}

export async function startEmulators(
  script: OpenAiScript,
  utterances: readonly HeardUtterance[] = [],
): Promise<Emulators> {
  const [openai, deepgram, elevenlabs] = await Promise.all([
    startOpenAiEmulator(script),
    startDeepgramEmulator(utterances),
    startElevenLabsEmulator(),
  ]);
  const all = [openai, deepgram, elevenlabs];
  return {
    openai,
    deepgram,
    elevenlabs,
    setFault: async fault => {
      for (const emulator of all) await emulator.setFault(fault);
    },
    close: async () => {
      for (const emulator of all) await emulator.close();
    },
  };
}

export interface ProfileChoice {
  readonly reply?: readonly ('openai-chat' | 'openai-realtime')[];
  readonly hearing?: readonly ('deepgram' | 'openai')[];
  readonly voice?: readonly ('elevenlabs' | 'openai')[];
  readonly patience?: Partial<ProviderProfile['patience']>;
}

/** A profile whose providers are the emulators. */
export function profileOf(emulators: Emulators, choice: ProfileChoice): ProviderProfile {
  const openai = `${emulators.openai.httpUrl}/v1`;
  const named = {
    reply: (choice.reply ?? []).map(use => ({ use, baseUrl: openai })),
    hearing: (choice.hearing ?? []).map(use =>
      use === 'deepgram' ? { use, baseUrl: emulators.deepgram.wsUrl } : { use, baseUrl: openai },
    ),
    voice: (choice.voice ?? []).map(use =>
      use === 'openai'
        ? { use, baseUrl: openai }
        : { use, voiceId: 'any-voice', baseUrl: `${emulators.elevenlabs.httpUrl}/v1` },
    ),
  };
  const filled = Object.entries(named).filter(([, list]) => list.length > 0);
  const { profiles } = providerConfigSchema.parse({
    profile: 'test',
    profiles: { test: { ...Object.fromEntries(filled), patience: choice.patience ?? {} } },
  });
  const [profile] = Object.values(profiles);
  if (!profile) throw new Error('the profile is there');
  return profile;
}

const OFFLINE_ANSWER = 'I do not have that information.';

/** Brain and voice that never fail, and ears that hear nothing. */
export function quietOffline(scripted: (() => stt.STT) | null = null): {
  readonly model: ReplyModel;
  readonly voice: Providers['voice'];
  readonly stt: (() => stt.STT) | null;
} {
  return {
    model: {
      name: 'offline',
      async *reply() {
        yield { text: OFFLINE_ANSWER, citations: [], noteIds: [] };
      },
    },
    voice: { name: 'local', synthesise: async () => ({ samples: new Int16Array(160), marks: [] }) },
    stt: scripted,
  };
}

export interface ProviderBench {
  readonly providers: Providers;
  readonly notes: ProviderNote[];
}

export async function startProviders(
  emulators: Emulators,
  choice: ProfileChoice,
  offline: ReturnType<typeof quietOffline> = quietOffline(),
): Promise<ProviderBench> {
  const notes: ProviderNote[] = [];
  const providers = assembleProviders({
    profile: profileOf(emulators, choice),
    keys: TEST_KEYS,
    clock: systemClock,
    offline,
    tell: note => notes.push(note),
  });
  await providers.ready();
  return { providers, notes };
}
