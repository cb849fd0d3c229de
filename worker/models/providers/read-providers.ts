import { readFileSync } from 'node:fs';
import {
  OFFLINE_PROFILE,
  PROVIDER_KEYS,
  providerConfigSchema,
  vendorOf,
  type ProviderProfile,
  type ProviderVendor,
} from '#shared/config/provider-config.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { ProviderKeys } from './assemble-providers.ts';

export interface ReadProviders {
  readonly profile: ProviderProfile;
  readonly keys: ProviderKeys;
  /** What the profile names and nobody has a key for, such as `elevenlabs (ELEVEN_API_KEY)`. */
  readonly leftOut: readonly string[];
}

/**
 * The profile in use and its keys. Without a file everything stays on this machine (PRO1). Throws `input.invalid`, with the
 * place, for a file that cannot be read or does not fit; a key is never part of a message.
 */
export function readProviders(
  file: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): ReadProviders {
  const profile = file === null ? OFFLINE_PROFILE : readProfile(file);
  const keys: Partial<Record<ProviderVendor, string>> = {};
  for (const [vendor, name] of Object.entries(PROVIDER_KEYS)) {
    const key = environment[name]?.trim();
    if (key !== undefined && key !== '') keys[vendor as ProviderVendor] = key;
  }
  const leftOut = new Set<string>();
  const withKey = <Provider extends { readonly use: string }>(providers: readonly Provider[]): Provider[] =>
    providers.filter(provider => {
      const vendor = vendorOf(provider);
      if (vendor === null || keys[vendor] !== undefined) return true;
      leftOut.add(`${provider.use} (${PROVIDER_KEYS[vendor]})`);
      return false;
    });
  const { reply, hearing, voice } = profile;
  const [embedding = OFFLINE_PROFILE.embedding] = withKey([profile.embedding]);
  return {
    profile: {
      ...profile,
      reply: withKey(reply),
      hearing: withKey(hearing),
      voice: withKey(voice),
      embedding,
    },
    keys,
    leftOut: [...leftOut],
  };
}

function readProfile(file: string): ProviderProfile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw appError('input.invalid', `The providers file ${file} cannot be read as JSON.`);
  }
  const parsed = providerConfigSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw appError(
      'input.invalid',
      `The providers file ${file} does not fit at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? ''}.`,
    );
  }
  const { profile, profiles } = parsed.data;
  return profiles[profile] ?? OFFLINE_PROFILE;
}
