import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode as McpErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { McpTicketingConfig } from '#shared/config/ticketing-config.ts';
import { z } from 'zod';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { limitedFetch } from './limited-fetch.ts';
import { malformed, refusalOf, timedOut, untilAborted } from './ticketing-faults.ts';

/** An answer that is larger is not read. A page of a hundred tickets is about 200 KiB. */
const MAX_ANSWER_BYTES = 1_048_576;

const contentSchema = z.array(z.object({ type: z.string(), text: z.string().optional() }));

export interface McpTool {
  readonly name: string;
  readonly fields: readonly string[];
  readonly required: readonly string[];
}

export interface McpLinkOptions {
  readonly transport: McpTicketingConfig['transport'];
  readonly timeoutMs: number;
  /** Values of environment variables that the configuration names. */
  readonly secret: (name: string) => string | undefined;
}

/**
 * One connection to an MCP server, made when it is needed and made anew after it broke (TIC13). The server is a stranger: we
 * offer it no capability, it inherits no environment of ours, and its answers are bounded (TIC12, TIC15).
 */
export class McpLink {
  readonly #options: McpLinkOptions;
  #client: Promise<Client> | null = null;

  constructor(options: McpLinkOptions) {
    this.#options = options;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#guard(signal, () => this.#connected());
  }

  async tools(signal: AbortSignal): Promise<readonly McpTool[]> {
    const { tools } = await this.#request(signal, client =>
      client.listTools({}, { timeout: this.#options.timeoutMs, signal }),
    );
    return tools.map(({ name, inputSchema }) => ({
      name,
      fields: Object.keys(inputSchema.properties ?? {}),
      required: inputSchema.required ?? [],
    }));
  }

  /** @returns what the tool answered, as JSON. Nothing of it is trusted yet. */
  async call(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const result = await this.#request(signal, client =>
      client.callTool({ name, arguments: { ...args } }, undefined, {
        timeout: this.#options.timeoutMs,
        signal,
      }),
    );
    const texts = textsOf(result.content);
    if (result.isError === true) throw refusalOf(texts.join('\n').slice(0, 4000));
    if (result.structuredContent !== undefined) return bounded(result.structuredContent);
    const [text = ''] = texts;
    if (text.length > MAX_ANSWER_BYTES) throw malformed('a short answer');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw malformed('JSON');
    }
  }

  async close(): Promise<void> {
    const closing = this.#client;
    this.#client = null;
    const client = await closing?.catch(() => null);
    await client?.close().catch(() => undefined);
  }

  async #request<Value>(signal: AbortSignal, ask: (client: Client) => Promise<Value>): Promise<Value> {
    return this.#guard(signal, async () => {
      const client = await this.#connected();
      try {
        return await ask(client);
      } catch (error) {
        // The server has forgotten the session and has not looked at the request: the same again, over a new one.
        if (!(error instanceof StreamableHTTPError) || (error.code !== 404 && error.code !== 400))
          throw error;
        await this.close();
        return ask(await this.#connected());
      }
    });
  }

  async #guard<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    try {
      return await untilAborted(signal, work());
    } catch (error) {
      const fault = toFault(error);
      // What is left of a broken connection must not meet the next call.
      if (fault.body.code === 'ticketing.unreachable') void this.close();
      throw fault;
    }
  }

  #connected(): Promise<Client> {
    if (this.#client) return this.#client;
    // An old connection that ends late must not take the new one with it.
    const forget = (): void => {
      if (this.#client === opening) this.#client = null;
    };
    const opening: Promise<Client> = this.#open(forget);
    this.#client = opening;
    opening.catch(forget);
    return opening;
  }

  async #open(onClose: () => void): Promise<Client> {
    const client = new Client({ name: 'sidetone', version: '1' }, { capabilities: {} });
    client.onclose = onClose;
    await client.connect(this.#transport(), { timeout: this.#options.timeoutMs });
    return client;
  }

  #transport(): Transport {
    const { transport } = this.#options;
    if (transport.type === 'stdio') {
      return new StdioClientTransport({
        command: transport.command,
        args: transport.args,
        env: this.#resolved(transport.env),
        stderr: 'ignore',
        maxBufferSize: MAX_ANSWER_BYTES * 2,
      });
    }
    // The class and its own interface disagree about `undefined` under exact optional types.
    return new StreamableHTTPClientTransport(new URL(transport.url), {
      requestInit: { headers: this.#resolved(transport.headers) },
      fetch: limitedFetch(MAX_ANSWER_BYTES * 2),
      reconnectionOptions: {
        initialReconnectionDelay: 1000,
        maxReconnectionDelay: 30_000,
        reconnectionDelayGrowFactor: 2,
        maxRetries: 2,
      },
    });
  }

  /** `$NAME` anywhere in a value is that environment variable: `Bearer $TOKEN`. */
  #resolved(values: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value.replaceAll(/\$([A-Z][A-Z0-9_]*)/gu, (_match, variable: string) => {
          const secret = this.#options.secret(variable);
          if (secret === undefined)
            throw appError('ticketing.misconfigured', `The environment variable ${variable} is not set.`);
          return secret;
        }),
      ]),
    );
  }
}

function textsOf(content: unknown): readonly string[] {
  const parts = contentSchema.safeParse(content);
  return parts.success ? parts.data.flatMap(part => (part.text === undefined ? [] : [part.text])) : [];
}

function bounded(value: unknown): unknown {
  if (JSON.stringify(value).length > MAX_ANSWER_BYTES) throw malformed('a short answer');
  return value;
}

function toFault(error: unknown): AppError {
  if (AppError.is(error)) return error;
  if (error instanceof McpError) {
    if (error.code === Number(McpErrorCode.RequestTimeout)) return timedOut();
    if (error.code !== Number(McpErrorCode.ConnectionClosed)) return refusalOf(error.message);
  }
  if (error instanceof StreamableHTTPError && (error.code === 401 || error.code === 403))
    return appError('ticketing.refused', 'The ticket system does not accept our credentials.', {
      origin: 'provider',
    });
  return new AppError(
    {
      code: 'ticketing.unreachable',
      message: 'The ticket system cannot be reached.',
      retryable: true,
      origin: 'provider',
    },
    { cause: error },
  );
}
