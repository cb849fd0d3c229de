import { parseArgs } from 'node:util';
import { AppError } from '#shared/errors/app-error.ts';

/** Options of the demo's worker that a desk hands on as they are. */
const WORKERS = ['seed', 'calls', 'calls-min', 'calls-max', 'hold-back-ms'] as const;

const OPTIONS = {
  data: { type: 'string', default: 'data' },
  port: { type: 'string', default: '0' },
  'no-open': { type: 'boolean', default: false },
  'test-probe': { type: 'boolean', default: false },
  worker: { type: 'string' },
  'worker-token': { type: 'string' },
  'livekit-url': { type: 'string' },
  open: { type: 'string' },
  seed: { type: 'string' },
  calls: { type: 'string' },
  'calls-min': { type: 'string' },
  'calls-max': { type: 'string' },
  'hold-back-ms': { type: 'string' },
} as const;

export interface DeskOptions {
  /** Folder of the settings, the logs and the worker's database. */
  readonly data: string;
  /** Port of the browser host; 0 takes a free one. */
  readonly port: number;
  readonly openBrowser: boolean;
  readonly testProbe: boolean;
  /** A worker elsewhere; null for the bundled one. Without a token people sign in. */
  readonly remote: { readonly url: string; readonly tokenFile: string | null } | null;
  /** Origin of the LiveKit server, for the page and for the bundled worker; null without one. */
  readonly livekitUrl: string | null;
  /** A capsule to open at once; null without one. */
  readonly open: string | null;
  /** Arguments of the bundled worker. */
  readonly workerArgs: readonly string[];
}

/** Reads the command line of a desk, the same for both hosts. Throws `input.invalid` with the options there are. */
export function readDeskOptions(
  args: readonly string[],
  defaultData: string = OPTIONS.data.default,
): DeskOptions {
  const { values } = parsed(args);
  const data = args.some(arg => arg.startsWith('--data')) ? values.data : defaultData;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw invalid(`--port cannot be ${values.port}.`);
  const livekitUrl = livekitOf(values['livekit-url']);
  return {
    data,
    port,
    openBrowser: !values['no-open'],
    testProbe: values['test-probe'],
    remote: remoteOf(values.worker, values['worker-token']),
    livekitUrl,
    open: values.open ?? null,
    workerArgs: [
      '--demo',
      '--data',
      data,
      ...WORKERS.flatMap(name => (values[name] === undefined ? [] : [`--${name}`, values[name]])),
      ...(livekitUrl === null ? [] : ['--livekit-url', livekitUrl]),
      ...(values['test-probe'] ? ['--test-probe'] : []),
    ],
  };
}

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Where a remote worker is. A session must not travel in the open (IPC28). */
function remoteOf(worker: string | undefined, tokenFile: string | undefined): DeskOptions['remote'] {
  if (worker === undefined && tokenFile === undefined) return null;
  if (worker === undefined) throw invalid('--worker-token FILE needs --worker URL.');
  const url = URL.parse(worker);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    throw invalid(`--worker cannot be ${worker}: an https address, or http on this machine.`);
  return { url: url.origin, tokenFile: tokenFile ?? null };
}

/** Where calls are heard and spoken on. Voices must not travel in the open either: plain `ws` is for this machine (LINK13). */
function livekitOf(address: string | undefined): string | null {
  if (address === undefined) return null;
  const url = URL.parse(address);
  if (url?.protocol !== 'wss:' && !(url?.protocol === 'ws:' && LOOPBACK.includes(url.hostname)))
    throw invalid(`--livekit-url cannot be ${address}: a wss address, or ws on this machine.`);
  return url.origin;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true });
  } catch (error) {
    throw invalid(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'An option is not known.');
  }
}

function invalid(what: string): AppError {
  const known = Object.keys(OPTIONS)
    .map(name => `--${name}`)
    .join(', ');
  return new AppError({
    code: 'input.invalid',
    message: `${what} Known options: ${known}.`,
    retryable: false,
    origin: 'electron',
  });
}
