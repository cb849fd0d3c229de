import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { OpenAiEmbedder } from './openai-embedder.ts';

const DIM = 8;
const never = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Asked {
  readonly input: readonly string[];
  readonly dimensions: number;
  readonly key: string;
}

/** The embeddings endpoint as its documentation tells it; `misbehave` may answer instead. */
async function emulator(
  misbehave: (response: ServerResponse, attempt: number, body: Asked) => boolean = () => false,
): Promise<{ readonly baseUrl: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const piece of request) text += String(piece);
    const body = JSON.parse(text) as { input: string[]; dimensions: number; model: string };
    const one = { ...body, key: request.headers.authorization ?? '' };
    asked.push(one);
    if (misbehave(response, asked.length, one)) return;
    const data = body.input.map((input, index) => ({
      object: 'embedding',
      index,
      embedding: base64(vectorOf(input, body.dimensions)),
    }));
    json(response, 200, {
      object: 'list',
      // The order is not promised; `index` tells.
      data: data.reverse(),
      model: body.model,
      usage: { prompt_tokens: 1, total_tokens: 1 },
    });
  }
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`, asked };
}

function embedder(
  baseUrl: string,
  more: { readonly timeoutMs?: number; readonly retries?: number } = {},
): OpenAiEmbedder {
  return new OpenAiEmbedder({
    apiKey: 'key-1',
    baseUrl,
    model: 'text-embedding-3-small',
    dim: DIM,
    timeoutMs: more.timeoutMs ?? 2000,
    retries: more.retries ?? 1,
  });
}

function vectorOf(text: string, dim: number): Float32Array {
  return Float32Array.from({ length: dim }, (_, at) => (text.charCodeAt(at % text.length) % 13) + 1);
}

function base64(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString('base64');
}

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

describe('OpenAI embedder', () => {
  test('[RET45] texts go out in batches and come back in their own order, each of unit length', async () => {
    const { baseUrl, asked } = await emulator();
    const texts = Array.from({ length: 600 }, (_, index) => `passage ${String(index)}`);
    const vectors = await embedder(baseUrl).embed(texts, never);
    expect(asked.map(one => one.input.length).sort((a, b) => b - a)).toEqual([256, 256, 88]);
    expect(asked[0]).toMatchObject({ dimensions: DIM, key: 'Bearer key-1' });
    for (const [index, text] of texts.entries()) {
      const raw = vectorOf(text, DIM);
      const length = Math.hypot(...raw);
      expect(Math.hypot(...(vectors[index] ?? []))).toBeCloseTo(1, 5);
      expect(vectors[index]?.[0]).toBeCloseTo((raw[0] ?? 0) / length, 5);
    }
  });

  test('[RET46] a full or broken server is asked again, as often as was set', async () => {
    const once = await emulator((response, attempt) => {
      if (attempt > 1) return false;
      json(response, 429, { error: { message: 'slow down' } }, { 'retry-after-ms': '1' });
      return true;
    });
    expect(await embedder(once.baseUrl).embed(['one'], never)).toHaveLength(1);
    expect(once.asked).toHaveLength(2);
    const always = await emulator(response => {
      json(response, 503, { error: { message: 'down' } }, { 'retry-after-ms': '1' });
      return true;
    });
    await expect(embedder(always.baseUrl).embed(['one'], never)).rejects.toMatchObject({
      body: { code: 'knowledge.embedder-failed', retryable: true, origin: 'provider' },
    });
    expect(always.asked).toHaveLength(2);
  });

  test.each([
    ['a refused key', 401, '{"error":{"message":"no"}}', false],
    ['garbage', 200, 'not json', false],
    ['fewer vectors', 200, '{"object":"list","data":[],"model":"m","usage":{}}', false],
    [
      'short vectors',
      200,
      `{"object":"list","data":[{"index":0,"embedding":"AACAPw=="}],"model":"m"}`,
      false,
    ],
  ])(
    '[RET47] %s is told as such, and nothing of the answer is used',
    async (_what, status, text, retryable) => {
      const { baseUrl } = await emulator(response => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        return true;
      });
      await expect(embedder(baseUrl, { retries: 0 }).embed(['one'], never)).rejects.toMatchObject({
        body: { code: 'knowledge.embedder-failed', retryable },
      });
    },
  );

  test('[RET47] a server that hangs or hangs up is given up, and an abort ends with its own reason', async () => {
    const silent = await emulator(() => true);
    await expect(
      embedder(silent.baseUrl, { timeoutMs: 20, retries: 0 }).embed(['one'], never),
    ).rejects.toMatchObject({
      body: { retryable: true },
    });
    const rude = await emulator(response => response.destroy().destroyed);
    await expect(embedder(rude.baseUrl, { retries: 0 }).embed(['one'], never)).rejects.toMatchObject({
      body: { retryable: true },
    });
    const abort = new AbortController();
    const embedding = embedder(silent.baseUrl).embed(['one'], abort.signal);
    abort.abort(new Error('not needed any more'));
    await expect(embedding).rejects.toThrow('not needed any more');
  });
});
