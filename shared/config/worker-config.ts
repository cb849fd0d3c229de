import { z } from 'zod';
import { RETENTION_PROFILE_NAMES } from '#shared/domain/retention.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/**
 * Settings of the worker. Each is a flag (`--hold-back-ms 300`) and an environment variable (`SIDETONE_HOLD_BACK_MS`); the flag
 * wins. `docs/reference/configuration.md` is checked against this list.
 */
export const WORKER_SETTINGS = {
  host: {
    schema: z.string().default('127.0.0.1'),
    takes: 'ADDRESS',
    says: 'Address to listen on. Loopback unless you know why.',
  },
  port: { schema: port.default(0), takes: 'N', says: 'Port of the control API; 0 takes a free one.' },
  'public-names': {
    schema: z.string().default(''),
    takes: 'NAMES',
    says: 'Host names, with commas, under which desks on other machines ask; put a TLS proxy in front.',
  },
  data: {
    schema: z.string().default('data'),
    takes: 'DIR',
    says: 'Folder of the database, the log and the token.',
  },
  seed: {
    schema: z.coerce.number().int().min(0).default(1),
    takes: 'S',
    says: 'Seed of the demo: the same seed gives the same callers in the same order.',
  },
  calls: {
    schema: z.coerce.number().int().min(1).nullable().default(null),
    takes: 'K',
    says: 'Stop by itself after K demo calls.',
  },
  'calls-min': {
    schema: z.coerce.number().int().min(1).max(100).default(3),
    takes: 'N',
    says: 'Fewest demo calls at a time.',
  },
  'calls-max': {
    schema: z.coerce.number().int().min(1).max(100).default(6),
    takes: 'N',
    says: 'Most demo calls at a time.',
  },
  knowledge: {
    schema: z.string().nullable().default(null),
    takes: 'DIR',
    says: 'Folder of Markdown files that the org begins with where it has no document yet; the demo brings its own. After that documents live in the record.',
  },
  'hold-back-ms': {
    schema: z.coerce.number().int().min(0).max(1500).default(300),
    takes: 'MS',
    says: 'Wait between draft and voice in which a person can stop a sentence.',
  },
  'recording-profile': {
    schema: z.enum(RETENTION_PROFILE_NAMES).default('standard'),
    takes: 'NAME',
    says: 'How long the audio of calls is kept: `standard` (30 days), `short` (7), `seven-years`, or `no-audio` (nothing is recorded).',
  },
  ticketing: {
    schema: z.string().min(1).nullable().default(null),
    takes: 'FILE',
    says: 'Ticket system as a JSON file; without one tickets are kept in the own database. See how-to/ticketing.md.',
  },
  'two-person-tools': {
    schema: z.string().min(1).nullable().default(null),
    takes: 'NAMES',
    says: 'Tools, joined by commas, that run only after two different people have agreed.',
  },
  providers: {
    schema: z.string().min(1).nullable().default(null),
    takes: 'FILE',
    says: 'Which brain, recogniser and voice to use (docs/how-to/providers.md). Without it everything stays on this machine.',
  },
  'livekit-url': {
    schema: z
      .url({ protocol: /^wss?$/ })
      .nullable()
      .default(null),
    takes: 'URL',
    says: 'LiveKit server whose rooms are calls. Its keys are the variables `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`.',
  },
  hosts: {
    schema: z.coerce.number().int().min(0).max(64).default(0),
    takes: 'N',
    says: 'Processes that carry the calls of --livekit-url, so that a crash costs none of them (docs/how-to/hosts.md); 0 carries them in the worker itself.',
  },
  'calls-per-host': {
    schema: z.coerce.number().int().min(1).max(50).default(10),
    takes: 'N',
    says: 'Most calls of one such process, or of the worker itself; above it LiveKit is offered no more, and callers hear why.',
  },
  sip: {
    schema: z.string().min(1).nullable().default(null),
    takes: 'FILE',
    says: 'Phone lines, as a JSON file (docs/how-to/sip.md); trunks and rules are made at the LiveKit server when the worker starts.',
  },
  'caller-text-url': {
    schema: z
      .url({ protocol: /^(https?|mailto)$/ })
      .nullable()
      .default(null),
    takes: 'URL',
    says: 'Where callers can write instead; shown on their page at /call (docs/how-to/caller-page.md).',
  },
  'judge-url': {
    schema: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'),
    takes: 'URL',
    says: 'API of the model that policies of the kind `model-judge` ask. Its key is the variable `OPENAI_API_KEY`.',
  },
} as const;

/** Settings that are on or off. */
export const WORKER_SWITCHES = {
  demo: 'Let scripted callers ring in.',
  headless:
    'Print every call event as one JSON line on standard output and write the access token to DATA/token.',
  'boot-stdin': 'Read the boot secret as one JSON line from standard input. Used by the desktop app.',
  'test-probe': 'Measure what simulated callers hear and show it under /api/test. For tests only.',
} as const;

export type WorkerSettingName = keyof typeof WORKER_SETTINGS;
export type WorkerSwitchName = keyof typeof WORKER_SWITCHES;

export type WorkerConfig = {
  readonly [Name in WorkerSettingName]: z.output<(typeof WORKER_SETTINGS)[Name]['schema']>;
} & {
  readonly [Name in WorkerSwitchName]: boolean;
};

export type ConfigAnswer =
  { readonly ok: true; readonly config: WorkerConfig } | { readonly ok: false; readonly message: string };

/** `hold-back-ms` -> `SIDETONE_HOLD_BACK_MS`. */
export function environmentName(setting: string): string {
  return `SIDETONE_${setting.replace(/-/g, '_').toUpperCase()}`;
}

/** Reads flags and environment. Pure; an unknown flag or a value that does not fit is an answer that names it (CLI1-CLI3). */
export function readWorkerConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ConfigAnswer {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(WORKER_SETTINGS)) {
    const value = environment[environmentName(name)];
    if (value !== undefined && value !== '') given[name] = value;
  }
  for (const name of Object.keys(WORKER_SWITCHES))
    given[name] = ['1', 'true', 'yes'].includes(environment[environmentName(name)] ?? '');
  for (let index = 0; index < args.length; index += 1) {
    const [flag = '', inline] = (args[index] ?? '').split(/=(.*)/su);
    const name = flag.replace(/^--/u, '');
    if (!flag.startsWith('--') || !(name in WORKER_SETTINGS || name in WORKER_SWITCHES)) {
      return {
        ok: false,
        message: `There is no option ${flag}. Known: ${[...Object.keys(WORKER_SETTINGS), ...Object.keys(WORKER_SWITCHES)].map(known => `--${known}`).join(', ')}.`,
      };
    }
    if (name in WORKER_SWITCHES) {
      given[name] = true;
      continue;
    }
    const value = inline ?? args[(index += 1)];
    if (value === undefined || value === '') return { ok: false, message: `${flag} needs a value.` };
    given[name] = value;
  }
  for (const [name, { schema, says }] of Object.entries(WORKER_SETTINGS)) {
    const parsed = schema.safeParse(given[name]);
    if (!parsed.success)
      return { ok: false, message: `--${name} cannot be ${JSON.stringify(given[name])}. ${says}` };
    given[name] = parsed.data;
  }
  const config = given as unknown as WorkerConfig;
  if (config['calls-min'] > config['calls-max'])
    return { ok: false, message: '--calls-min cannot be above --calls-max.' };
  if (config.hosts > 0 && config['livekit-url'] === null)
    return { ok: false, message: '--hosts needs --livekit-url: calls in other processes are rooms.' };
  if (config.hosts > 0 && config.demo)
    return {
      ok: false,
      message: '--hosts and --demo do not go together: scripted callers live in the worker.',
    };
  return { ok: true, config };
}
