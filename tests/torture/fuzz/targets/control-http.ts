import { request } from 'node:http';
import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorBodySchema } from '#shared/errors/app-error.ts';
import { BENCH_CALL, startControlBench } from '../../control-bench.ts';
import { BOOT_SECRET } from '#tests/fixtures/quiet-control.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { bytesOf, jsonOf, textOf } from '../inputs.ts';

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: unknown;
}

const post = (path: string, body: unknown): Ask => ({ method: 'POST', path, type: 'application/json', body });
const get = (path: string): Ask => ({ method: 'GET', path, type: 'application/json', body: null });

const SEEDS: readonly Ask[] = [
  get('/healthz'),
  get('/readyz'),
  get('/api/snapshot'),
  get('/api/people'),
  get('/api/calls?limit=5&beforeMs=2000000000000&query=a&filter=all'),
  get(`/api/calls/${BENCH_CALL}/events?afterSeq=-1`),
  get(`/api/conversations/${BENCH_CALL}`),
  get(`/api/calls/${BENCH_CALL}/verdicts`),
  get(`/api/calls/${BENCH_CALL}/recording`),
  post('/api/sessions', { bootSecret: BOOT_SECRET }),
  post('/api/sessions', { userId: 'user-reyes' }),
  post(`/api/calls/${BENCH_CALL}/commands`, { commandId: 'k', verb: 'flag-moment', args: { note: 'x' } }),
  post(`/api/calls/${BENCH_CALL}/audio-grants`, { direction: 'listen' }),
  post('/api/control/start-session', { scenario: 'order-status' }),
  post('/api/control/end-session', { callId: BENCH_CALL }),
];

/** Routes of the control API over real connections; text and bytes go in raw, as if they were HTTP. */
export const controlHttpTarget: FuzzTarget = {
  name: 'control-http',
  seeds: SEEDS,
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-fuzz-'));
    const bench = await startControlBench(folder);
    const ask = (given: Partial<Record<keyof Ask, unknown>>) =>
      new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
        const method = given.method === 'POST' || given.method === 'PUT' ? given.method : 'GET';
        const sent = request(
          {
            host: '127.0.0.1',
            port: bench.port,
            method,
            path: pathOf(given.path),
            headers: {
              authorization: `Bearer ${bench.token}`,
              ...(method === 'GET' ? {} : { 'content-type': headerOf(given.type) }),
            },
          },
          response => {
            let text = '';
            response.setEncoding('utf8').on('data', part => (text += String(part)));
            response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
            response.on('error', reject);
          },
        );
        sent.on('error', reject);
        sent.end(
          method === 'GET' ? undefined : typeof given.body === 'string' ? given.body : jsonOf(given.body),
        );
      });
    const raw = (bytes: Uint8Array): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(bench.port, '127.0.0.1', () => socket.end(bytes));
        socket.on('data', part => (text += part.toString('latin1')));
        socket.on('error', reject).on('close', () => resolve(text));
      });
    return {
      async feed(input) {
        if (input.kind === 'value' && typeof input.value === 'object' && input.value !== null)
          return codeOf(await ask(input.value).catch(answeredTooLate));
        const answer = await raw(input.kind === 'value' ? Buffer.from(textOf(input)) : bytesOf(input));
        // A connection that says nothing, or nothing whole, is closed without an answer.
        if (answer === '') return 'ignored';
        const [head = '', body = ''] = answer.split('\r\n\r\n');
        return codeOf({ status: Number(head.split(' ')[1]), text: body });
      },
      async good() {
        const { status } = await ask(get('/readyz'));
        if (status !== 200) throw new Error(`a good request was answered ${status}`);
      },
      async close() {
        await bench.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

/** The worker stops reading a body that is too large; its answer may be lost with the connection. */
function answeredTooLate(error: NodeJS.ErrnoException): { readonly status: number; readonly text: string } {
  if (error.code === 'EPIPE' || error.code === 'ECONNRESET')
    return {
      status: 413,
      text: jsonOf({ error: { code: 'input.too-large', message: '', retryable: false, origin: 'worker' } }),
    };
  throw error;
}

function codeOf({ status, text }: { readonly status: number; readonly text: string }): string {
  if (status >= 200 && status < 300) {
    const answer = JSON.parse(text) as { ok?: boolean; error?: { code: string } };
    return answer.ok === false ? (answer.error?.code ?? 'no code') : 'ok';
  }
  const parsed = errorBodySchema.safeParse((JSON.parse(text) as { error?: unknown }).error);
  return parsed.success ? parsed.data.code : `status ${status} without a code: ${text.slice(0, 200)}`;
}

/** What a client library would refuse to send is written in the way it would be sent. */
function pathOf(path: unknown): string {
  const text = typeof path === 'string' ? path : jsonOf(path);
  return `${text.startsWith('/') ? '' : '/'}${text.replaceAll(/[^\x21-\x7e]/gu, found => encodeURIComponent(found.toWellFormed()))}`;
}

function headerOf(type: unknown): string {
  return (
    (typeof type === 'string' ? type : jsonOf(type)).replaceAll(/[^\x20-\x7e]/gu, '').slice(0, 200) || 'x'
  );
}
