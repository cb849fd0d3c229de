import { tts as agentsTts } from '@livekit/agents';
import { TTS as ElevenLabsTts } from '@livekit/agents-plugin-elevenlabs';
import { AudioFrame, AudioResampler } from '@livekit/rtc-node';
import OpenAI from 'openai';
import type { VoiceProvider } from '#shared/config/provider-config.ts';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { asPluginError } from './plugin-error.ts';
import { providerError } from './provider-error.ts';
import type { SpeakRequest, TimedWord } from './provider-thread-messages.ts';

type OnSound = (samples: Int16Array<ArrayBuffer>, words: readonly TimedWord[]) => void;

/** OpenAI's speech comes as raw samples of this rate. Source: its API, `response_format: pcm`. */
const OPENAI_RATE_HZ = 24_000;

/** Speaks one text. Resolves when all of it was handed over, rejects with `provider.*`; an abort ends it quietly. */
export async function speak(request: SpeakRequest, onSound: OnSound, signal: AbortSignal): Promise<void> {
  const { provider } = request;
  try {
    if (provider.use === 'openai') await speakOpenAi(provider, request, onSound, signal);
    else await speakElevenLabs(provider, request, onSound, signal);
  } catch (error) {
    if (!signal.aborted) throw asPluginError(error);
  }
}

/** Reason of an abort because nothing came in time. */
export const LATE = 'late';

/** One plugin per voice: it keeps its connection for the next sentence. */
interface KeptPlugin {
  readonly plugin: ElevenLabsTts;
  speaking: number;
}
const elevenLabs = new Map<string, KeptPlugin>();

async function speakElevenLabs(
  provider: Extract<VoiceProvider, { use: 'elevenlabs' }>,
  { apiKey, text, connectMs }: SpeakRequest,
  onSound: OnSound,
  signal: AbortSignal,
): Promise<void> {
  const key = JSON.stringify([provider, apiKey]);
  let kept = elevenLabs.get(key);
  if (!kept) {
    const made = new ElevenLabsTts({
      apiKey,
      voiceId: provider.voiceId,
      model: provider.model,
      baseURL: provider.baseUrl,
      encoding: 'pcm_16000',
      // What was heard is counted in the text as it was given, so the times have to be of that text too.
      preferredAlignment: 'original',
      ...(provider.language === undefined ? {} : { language: provider.language }),
    });
    kept = { plugin: made, speaking: 0 };
    elevenLabs.set(key, kept);
  }
  const { plugin } = kept;
  kept.speaking += 1;
  let failure: Error | null = null;
  const onError = ({ error }: { readonly error: Error }): void => {
    failure = error;
  };
  plugin.on('error', onError);
  const stream = plugin.stream({ connOptions: { maxRetry: 0, timeoutMs: connectMs, retryIntervalMs: 0 } });
  const onAbort = (): void => stream.close();
  signal.addEventListener('abort', onAbort, { once: true });
  let complete = false;
  try {
    stream.pushText(text);
    stream.flush();
    stream.endInput();
    for await (const audio of stream) {
      if (audio === agentsTts.SynthesizeStream.END_OF_STREAM) continue;
      const words = (audio.timedTranscripts ?? []).map(word => ({
        text: word.text,
        endMs: (word.endTime ?? 0) * 1000,
      }));
      onSound(audio.frame.data.slice(), words);
      complete ||= audio.final;
    }
    // The plugin ends a broken stream like a whole one; only the last frame tells them apart.
    if (!complete && !signal.aborted) throw (failure as Error | null) ?? providerError('provider.failed');
  } finally {
    signal.removeEventListener('abort', onAbort);
    plugin.off('error', onError);
    stream.close();
    kept.speaking -= 1;
    // A connection on which a sentence was lost may hang for ever: the next sentence opens another, those under way end on it.
    const spent = !complete && (!signal.aborted || signal.reason === LATE);
    if (spent && elevenLabs.get(key) === kept) elevenLabs.delete(key);
    if (kept.speaking === 0 && elevenLabs.get(key) !== kept) void plugin.close();
  }
}

async function speakOpenAi(
  provider: Extract<VoiceProvider, { use: 'openai' }>,
  { apiKey, text }: SpeakRequest,
  onSound: OnSound,
  signal: AbortSignal,
): Promise<void> {
  // Not the plugin: it reads the whole answer before its first frame, and its rejections are nobody's (ADR 2026-11-27).
  const client = new OpenAI({ apiKey, baseURL: provider.baseUrl, maxRetries: 0, logLevel: 'off' });
  const response = await client.audio.speech.create(
    {
      input: text,
      model: provider.model,
      voice: provider.voice,
      response_format: 'pcm',
      ...(provider.manner === undefined ? {} : { instructions: provider.manner }),
    },
    { signal },
  );
  if (!response.body) throw providerError('provider.failed');
  const type = response.headers.get('content-type') ?? '';
  if (/json|text|html/u.test(type)) throw providerError('provider.failed');
  const resampler = new AudioResampler(OPENAI_RATE_HZ, SAMPLE_RATE_HZ, 1);
  try {
    let odd = Buffer.alloc(0);
    for await (const piece of response.body) {
      const bytes = Buffer.concat([odd, piece]);
      const whole = bytes.length - (bytes.length % 2);
      odd = bytes.subarray(whole);
      if (whole === 0) continue;
      const samples = new Int16Array(whole / 2);
      for (let index = 0; index < samples.length; index += 1) samples[index] = bytes.readInt16LE(index * 2);
      for (const frame of resampler.push(new AudioFrame(samples, OPENAI_RATE_HZ, 1, samples.length)))
        onSound(frame.data.slice(), []);
    }
    for (const frame of resampler.flush()) onSound(frame.data.slice(), []);
  } finally {
    resampler.close();
  }
}
