import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { WebSocket, type RawData } from 'ws';
import type { ReplyModel, ReplyPart, ReplyRequest } from '#shared/adapters/reply-model.ts';
import { createCitationMarkerReader } from './citation-markers.ts';
import type { OpenAiReplyOptions } from './openai-chat-reply-model.ts';
import { asProviderError, codeOfStatus, providerError } from './provider-error.ts';
import { replyPrompt, type ReplyPrompt } from './reply-prompt.ts';
import { withDeadlines } from './with-deadlines.ts';

/**
 * Lane B over OpenAI's Realtime API as half a cascade: text in, text out, our gate and our voice (PRO17). Each answer is a
 * response outside the session's own conversation with its whole context, so nothing a gate has vetoed stays on the
 * provider's side. The connection is kept between answers; a broken one is replaced at the next (PRO18).
 */
export class OpenAiRealtimeReplyModel implements ReplyModel {
  readonly name: string;
  readonly #options: OpenAiReplyOptions<'openai-realtime'>;
  #line: RealtimeLine | null = null;

  constructor(options: OpenAiReplyOptions<'openai-realtime'>) {
    this.name = `openai ${options.provider.model} (half cascade)`;
    this.#options = options;
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void> {
    const { clock, patience, systemPrompt } = this.#options;
    const prompt = replyPrompt(request, systemPrompt);
    const reader = createCitationMarkerReader(prompt.sources);
    const line = this.#open();
    const answer = line.ask(prompt, this.#options.provider.maxOutputTokens);
    let over = false;
    try {
      const deltas = withDeadlines(answer.deltas, {
        clock,
        firstMs: patience.replyFirstMs,
        idleMs: patience.replyIdleMs,
        signal,
      });
      for await (const delta of deltas) yield* reader.push(delta);
      over = !signal.aborted;
      if (over) yield* reader.end();
    } catch (error) {
      if (signal.aborted) return;
      // Whatever went wrong, the next answer starts on a new line.
      line.close();
      throw asProviderError(error);
    } finally {
      if (!over) answer.cancel();
    }
  }

  close(): void {
    this.#line?.close();
  }

  #open(): RealtimeLine {
    if (this.#line?.isOpen !== true) {
      const { provider, apiKey, tell } = this.#options;
      this.#line = new RealtimeLine(realtimeUrl(provider), apiKey, usage =>
        tell({ type: 'used', role: 'reply', provider: this.name, ...usage }),
      );
    }
    return this.#line;
  }
}

interface Usage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

interface Answer {
  readonly put: (delta: string) => void;
  readonly end: (error: Error | null) => void;
  responseId: string | null;
}

/** `https://api.openai.com/v1` -> `wss://api.openai.com/v1/realtime?model=...`; plain http stays plain, for a local server. */
function realtimeUrl({ baseUrl, model }: { readonly baseUrl: string; readonly model: string }): string {
  return `${baseUrl.replace(/^http/u, 'ws')}/realtime?model=${encodeURIComponent(model)}`;
}

/**
 * One connection. Several answers may be asked at once: the server tells them apart by what we call them. On `ws` itself,
 * because the plugin ends the process on a refused connection and OpenAI's own client speaks TLS only (ADR 2026-11-27).
 */
class RealtimeLine {
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;
  readonly #answers = new Map<string, Answer>();
  readonly #onUsage: (usage: Usage) => void;
  #nextId = 1;
  isOpen = true;

  constructor(url: string, apiKey: string, onUsage: (usage: Usage) => void) {
    this.#onUsage = onUsage;
    this.#socket = new WebSocket(url, { headers: { Authorization: `Bearer ${apiKey}` } });
    this.#opened = new Promise((resolve, reject) => {
      this.#socket.on('open', () => {
        this.#send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
        resolve();
      });
      const fail = (error: Error): void => {
        this.#fail(error);
        reject(error);
      };
      // A listener on every way to fail: an unheard one would end the process.
      this.#socket.on('unexpected-response', (request, response) => {
        response.resume();
        fail(providerError(codeOfStatus(response.statusCode ?? 500)));
        request.destroy();
      });
      this.#socket.on('error', error => fail(providerError('provider.unreachable', error)));
      this.#socket.on('close', () => fail(providerError('provider.unreachable')));
    });
    this.#opened.catch(() => undefined);
    this.#socket.on('message', data => this.#onMessage(data));
  }

  ask(
    prompt: ReplyPrompt,
    maxOutputTokens: number,
  ): { readonly deltas: AsyncIterable<string>; readonly cancel: () => void } {
    const id = `a${String(this.#nextId++)}`;
    const { stream, put, end } = channel();
    const answer: Answer = { put, end, responseId: null };
    this.#answers.set(id, answer);
    const asked = async (): Promise<void> => {
      await this.#opened;
      this.#send({
        type: 'response.create',
        event_id: id,
        response: {
          conversation: 'none',
          metadata: { client_event_id: id },
          output_modalities: ['text'],
          max_output_tokens: maxOutputTokens,
          instructions: prompt.system,
          input: [
            ...prompt.history.map(({ role, text }) =>
              role === 'user'
                ? { type: 'message' as const, role, content: [{ type: 'input_text' as const, text }] }
                : { type: 'message' as const, role, content: [{ type: 'output_text' as const, text }] },
            ),
            { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt.turn }] },
          ],
        },
      });
    };
    asked().catch((error: unknown) => this.#end(id, asProviderError(error)));
    return {
      deltas: stream,
      cancel: () => {
        if (!this.#answers.delete(id) || !this.isOpen || answer.responseId === null) return;
        this.#send({ type: 'response.cancel', response_id: answer.responseId });
      },
    };
  }

  close(): void {
    this.isOpen = false;
    this.#socket.close();
  }

  #send(event: RealtimeClientEvent): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
  }

  /** What is no event says that the other side is broken: the line ends, and the next answer gets a new one. */
  #onMessage(data: RawData): void {
    try {
      this.#onEvent(JSON.parse((data as Buffer).toString()) as RealtimeServerEvent);
    } catch (error) {
      this.#fail(providerError('provider.failed', error));
      this.close();
    }
  }

  #onEvent(event: RealtimeServerEvent): void {
    switch (event.type) {
      case 'error':
        // A complaint about one of our events ends the answer it was for, not the line.
        if (typeof event.error.event_id === 'string')
          this.#end(event.error.event_id, providerError('provider.refused'));
        return;
      case 'response.created': {
        const answer = this.#answers.get(event.response?.metadata?.['client_event_id'] ?? '');
        if (answer) answer.responseId = event.response.id ?? null;
        return;
      }
      case 'response.output_text.delta':
        this.#byResponse(event.response_id)?.[1].put(event.delta);
        return;
      case 'response.done': {
        const found = this.#byResponse(event.response?.id);
        const { status, usage } = event.response ?? {};
        if (usage)
          this.#onUsage({
            inputTokens: usage.input_tokens ?? 0,
            cachedTokens: usage.input_token_details?.cached_tokens ?? 0,
            outputTokens: usage.output_tokens ?? 0,
          });
        if (found)
          this.#end(
            found[0],
            status === 'completed' || status === 'incomplete' ? null : providerError('provider.failed'),
          );
        return;
      }
      default:
        return;
    }
  }

  /** Text of a response that nobody waits for any more, or never asked for, finds nothing here and is dropped. */
  #byResponse(responseId: string | undefined): [string, Answer] | undefined {
    if (responseId === undefined) return undefined;
    return [...this.#answers].find(([, answer]) => answer.responseId === responseId);
  }

  #end(id: string, error: Error | null): void {
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    answer?.end(error);
  }

  #fail(error: Error): void {
    this.isOpen = false;
    for (const id of [...this.#answers.keys()]) this.#end(id, error);
  }
}

function channel(): {
  readonly stream: AsyncIterable<string>;
  readonly put: Answer['put'];
  readonly end: Answer['end'];
} {
  let controller: ReadableStreamDefaultController<string> | null = null;
  const stream = new ReadableStream<string>({
    start: made => {
      controller = made;
    },
    cancel: () => {
      controller = null;
    },
  });
  return {
    stream,
    put: delta => controller?.enqueue(delta),
    end: error => {
      if (error) controller?.error(error);
      else controller?.close();
      controller = null;
    },
  };
}
