import { type stt } from '@livekit/agents';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import {
  vendorOf,
  type HearingProvider,
  type ProviderProfile,
  type ProviderVendor,
  type ReplyProvider,
  type VoiceProvider,
} from '#shared/config/provider-config.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { FallbackReplyModel } from './fallback-reply-model.ts';
import { FallbackVoiceEngine } from './fallback-voice-engine.ts';
import { OpenAiChatReplyModel } from './openai-chat-reply-model.ts';
import { OpenAiRealtimeReplyModel } from './openai-realtime-reply-model.ts';
import type { TellProviderNote } from './provider-note.ts';
import { ProviderThread } from './provider-thread.ts';
import { STANDARD_SYSTEM_PROMPT } from './reply-prompt.ts';
import { SpareHearing } from './spare-hearing.ts';
import { ThreadedStt } from './threaded-stt.ts';
import { ThreadedVoiceEngine } from './threaded-voice-engine.ts';

export type ProviderKeys = Readonly<Partial<Record<ProviderVendor, string>>>;

export interface AssembleProvidersOptions {
  readonly profile: ProviderProfile;
  readonly keys: ProviderKeys;
  readonly clock: Clock;
  readonly offline: {
    readonly model: ReplyModel;
    readonly voice: VoiceEngine;
    /** Null where calls are real: nobody can hear those without a provider. */
    readonly stt: ((callId: CallId) => stt.STT) | null;
  };
  readonly tell: TellProviderNote;
  /** The thread's module, where a bundle has it elsewhere. */
  readonly threadUrl?: URL;
}

export interface Providers {
  readonly model: ReplyModel;
  readonly voice: VoiceEngine;
  readonly createStt: (callId: CallId) => stt.STT;
  /** Resolves when the threads of the providers have started, so that no caller waits for that. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The brain, the ears and the voice of a profile, each with its spares; the offline ones come last (PRO3). A provider without
 * its key has been left out before, by `readProviders`.
 */
export function assembleProviders(options: AssembleProvidersOptions): Providers {
  const { profile, keys, clock, offline, tell, threadUrl } = options;
  const { patience } = profile;
  const threads = new Map<ProviderVendor, ProviderThread>();
  const keyOf = (provider: { readonly use: string }): string => keys[vendorOf(provider) ?? 'openai'] ?? '';
  const threadOf = (provider: { readonly use: string }): ProviderThread => {
    const vendor = vendorOf(provider) ?? 'openai';
    const thread = threads.get(vendor) ?? new ProviderThread(vendor, tell, threadUrl);
    threads.set(vendor, thread);
    return thread;
  };
  const systemPrompt = profile.systemPrompt ?? STANDARD_SYSTEM_PROMPT;
  const realtime: OpenAiRealtimeReplyModel[] = [];
  const reply = (provider: ReplyProvider): ReplyModel[] => {
    const shared = { apiKey: keyOf(provider), systemPrompt, patience, clock, tell };
    if (provider.use === 'openai-chat') return [new OpenAiChatReplyModel({ ...shared, provider })];
    if (provider.use === 'offline') return [];
    const model = new OpenAiRealtimeReplyModel({ ...shared, provider });
    realtime.push(model);
    return [model];
  };
  const voice = (provider: VoiceProvider): VoiceEngine[] =>
    provider.use === 'offline'
      ? []
      : [
          new ThreadedVoiceEngine({
            provider,
            apiKey: keyOf(provider),
            patience,
            clock,
            thread: threadOf(provider),
            tell,
          }),
        ];
  const ears = (provider: HearingProvider): (() => stt.STT)[] =>
    provider.use === 'scripted'
      ? []
      : [
          () =>
            new ThreadedStt(
              threadOf(provider),
              { op: 'listen', provider, apiKey: keyOf(provider) },
              patience.hearingSilentMs,
            ),
        ];
  const fallback = { clock, restMs: patience.restMs, tell };
  const hearing = new SpareHearing(profile.hearing.flatMap(ears), offline.stt, fallback);
  return {
    model: oneOrMore(
      [...profile.reply.flatMap(reply), offline.model],
      models => new FallbackReplyModel(models, fallback),
    ),
    voice: oneOrMore(
      [...profile.voice.flatMap(voice), offline.voice],
      voices => new FallbackVoiceEngine(voices, fallback),
    ),
    createStt: callId => hearing.forCall(callId),
    ready: async () => {
      for (const provider of profile.hearing) if (provider.use !== 'scripted') threadOf(provider);
      await Promise.all([...threads.values()].map(thread => thread.ready()));
    },
    stop: async () => {
      for (const model of realtime) model.close();
      await Promise.all([...threads.values()].map(thread => thread.stop()));
    },
  };
}

function oneOrMore<Part>(parts: readonly Part[], combine: (parts: readonly Part[]) => Part): Part {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : combine(parts);
}
