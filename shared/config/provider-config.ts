import { z } from 'zod';

const model = z.string().min(1).max(200);
/** Without a slash at the end: some clients join paths by hand. */
const baseUrl = z.url({ protocol: /^(?:https?|wss?)$/u }).transform(url => url.replace(/\/+$/u, ''));

/** Whoever may answer, first choice first. The offline brain is always the last, named or not (PRO3). */
const replyProviderSchema = z.discriminatedUnion('use', [
  z.strictObject({
    use: z.literal('openai-chat'),
    model: model.default('gpt-4.1'),
    baseUrl: baseUrl.default('https://api.openai.com/v1'),
    temperature: z.number().min(0).max(2).default(0.2),
    maxOutputTokens: z.number().int().min(16).max(4000).default(400),
  }),
  z.strictObject({
    use: z.literal('openai-realtime'),
    model: model.default('gpt-realtime'),
    baseUrl: baseUrl.default('https://api.openai.com/v1'),
    maxOutputTokens: z.number().int().min(16).max(4000).default(400),
  }),
  z.strictObject({ use: z.literal('offline') }),
]);
export type ReplyProvider = z.output<typeof replyProviderSchema>;

/** Whoever may listen. `scripted` hears simulated callers only, and is the last where calls are simulated (PRO3). */
const hearingProviderSchema = z.discriminatedUnion('use', [
  z.strictObject({
    use: z.literal('deepgram'),
    model: model.default('nova-3'),
    language: z.string().min(2).max(20).default('en-US'),
    baseUrl: baseUrl.default('wss://api.deepgram.com'),
    /** Tells speakers apart on one line; costs more. */
    diarize: z.boolean().default(false),
  }),
  z.strictObject({
    use: z.literal('openai'),
    model: model.default('gpt-4o-mini-transcribe'),
    language: z.string().min(2).max(20).default('en'),
    baseUrl: baseUrl.default('https://api.openai.com/v1'),
  }),
  z.strictObject({ use: z.literal('scripted') }),
]);
export type HearingProvider = z.output<typeof hearingProviderSchema>;

const voiceProviderSchema = z.discriminatedUnion('use', [
  z.strictObject({
    use: z.literal('elevenlabs'),
    /** Any voice of the account: preset, designed or cloned. */
    voiceId: z.string().regex(/^[\w-]{1,100}$/u),
    model: model.default('eleven_flash_v2_5'),
    language: z.string().min(2).max(20).optional(),
    baseUrl: baseUrl.default('https://api.elevenlabs.io/v1'),
  }),
  z.strictObject({
    use: z.literal('openai'),
    voice: z.string().min(1).max(100).default('alloy'),
    model: model.default('gpt-4o-mini-tts'),
    /** How to speak, for models that take it. */
    manner: z.string().max(1000).optional(),
    baseUrl: baseUrl.default('https://api.openai.com/v1'),
  }),
  z.strictObject({ use: z.literal('offline') }),
]);
export type VoiceProvider = z.output<typeof voiceProviderSchema>;

/** Who turns knowledge and questions into vectors. */
const embeddingProviderSchema = z.discriminatedUnion('use', [
  z.strictObject({
    use: z.literal('openai'),
    model: model.default('text-embedding-3-small'),
    dim: z.number().int().min(8).max(3072).default(512),
    baseUrl: baseUrl.default('https://api.openai.com/v1'),
  }),
  z.strictObject({ use: z.literal('offline') }),
]);
export type EmbeddingProvider = z.output<typeof embeddingProviderSchema>;

const waitMs = (standard: number) => z.number().int().min(50).max(60_000).default(standard);

/** How long each step may take before the next provider is asked. */
const patienceSchema = z
  .object({
    /** From the request to the first token. */
    replyFirstMs: waitMs(4000),
    /** Between two tokens. */
    replyIdleMs: waitMs(3000),
    /** From the text to the first sound. */
    voiceFirstMs: waitMs(3000),
    /** Between two pieces of sound. */
    voiceIdleMs: waitMs(2000),
    /** Audible speech of the caller to which a recogniser says nothing at all. */
    hearingSilentMs: waitMs(6000),
    /** First pause after a failure; doubles with each further one, up to a minute. */
    restMs: waitMs(1000),
  })
  .prefault({});
export type ProviderPatience = z.output<typeof patienceSchema>;

const chosen = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).min(1).max(8);

const profileSchema = z.strictObject({
  reply: chosen(replyProviderSchema).prefault([{ use: 'offline' }]),
  hearing: chosen(hearingProviderSchema).prefault([{ use: 'scripted' }]),
  voice: chosen(voiceProviderSchema).prefault([{ use: 'offline' }]),
  embedding: embeddingProviderSchema.prefault({ use: 'offline' }),
  patience: patienceSchema,
  /** Replaces the first part of the model's instructions; the rules of sourcing and safety always follow it. */
  systemPrompt: z.string().min(1).max(20_000).optional(),
});
export type ProviderProfile = z.output<typeof profileSchema>;

/** `providers.json`: named profiles and the one in use. Holds no keys: those come from the environment (PRO2). */
export const providerConfigSchema = z
  .strictObject({ profile: z.string().min(1), profiles: z.record(z.string(), profileSchema) })
  .refine(({ profile, profiles }) => profile in profiles, {
    error: 'names a profile that is not in profiles',
    path: ['profile'],
  });
export type ProviderConfig = z.output<typeof providerConfigSchema>;

/** Nothing leaves the machine. In use where no file is named. */
export const OFFLINE_PROFILE: ProviderProfile = profileSchema.parse({});

export const PROVIDER_KEYS = {
  openai: 'OPENAI_API_KEY',
  deepgram: 'DEEPGRAM_API_KEY',
  elevenlabs: 'ELEVEN_API_KEY',
} as const;
export type ProviderVendor = keyof typeof PROVIDER_KEYS;

/** Who gets the money for it; null for what runs here. */
export function vendorOf({ use }: { readonly use: string }): ProviderVendor | null {
  if (use.startsWith('openai')) return 'openai';
  return use === 'deepgram' || use === 'elevenlabs' ? use : null;
}
