import OpenAI from 'openai';
import type { ReplyModel, ReplyPart, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { ProviderPatience, ReplyProvider } from '#shared/config/provider-config.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { createCitationMarkerReader } from './citation-markers.ts';
import { asProviderError, providerError } from './provider-error.ts';
import type { TellProviderNote } from './provider-note.ts';
import { replyPrompt } from './reply-prompt.ts';
import { withDeadlines } from './with-deadlines.ts';

export interface OpenAiReplyOptions<Use extends ReplyProvider['use']> {
  readonly provider: Extract<ReplyProvider, { use: Use }>;
  readonly apiKey: string;
  readonly systemPrompt: string;
  readonly patience: ProviderPatience;
  readonly clock: Clock;
  readonly tell: TellProviderNote;
}

/** Requests with the same beginning land where it is kept. Source: OpenAI, prompt caching. */
const CACHE_KEY = 'sidetone-reply';

/**
 * Lane B over OpenAI's chat API, streamed (PRO13-PRO16). One try: retries and spares are the fallback's. Aborting closes the
 * connection, so that an answer nobody will hear costs nothing more.
 */
export class OpenAiChatReplyModel implements ReplyModel {
  readonly name: string;
  readonly #options: OpenAiReplyOptions<'openai-chat'>;
  readonly #client: OpenAI;

  constructor(options: OpenAiReplyOptions<'openai-chat'>) {
    this.name = `openai ${options.provider.model}`;
    this.#options = options;
    this.#client = new OpenAI({
      apiKey: options.apiKey,
      baseURL: options.provider.baseUrl,
      maxRetries: 0,
      // The client's own log would hold what was said.
      logLevel: 'off',
    });
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void> {
    const { clock, patience, systemPrompt } = this.#options;
    const prompt = replyPrompt(request, systemPrompt);
    const reader = createCitationMarkerReader(prompt.sources);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      const deltas = withDeadlines(this.#deltas(prompt, either), {
        clock,
        firstMs: patience.replyFirstMs,
        idleMs: patience.replyIdleMs,
        signal,
      });
      for await (const delta of deltas) yield* reader.push(delta);
      if (!signal.aborted) yield* reader.end();
    } catch (error) {
      if (!signal.aborted) throw asProviderError(error);
    } finally {
      stop.abort('over');
    }
  }

  async *#deltas(prompt: ReturnType<typeof replyPrompt>, signal: AbortSignal): AsyncGenerator<string, void> {
    const { model, temperature, maxOutputTokens } = this.#options.provider;
    const stream = await this.#client.chat.completions.create(
      {
        model,
        temperature,
        max_completion_tokens: maxOutputTokens,
        stream: true,
        stream_options: { include_usage: true },
        prompt_cache_key: CACHE_KEY,
        messages: [
          { role: 'system', content: prompt.system },
          ...prompt.history.map(({ role, text }) => ({ role, content: text })),
          { role: 'user', content: prompt.turn },
        ],
      },
      { signal },
    );
    let finished = false;
    for await (const chunk of stream) {
      const [choice] = chunk.choices ?? [];
      if (typeof choice?.delta?.content === 'string' && choice.delta.content !== '')
        yield choice.delta.content;
      // Whether what came is the whole answer is known only from this.
      if (choice?.finish_reason === 'stop' || choice?.finish_reason === 'length') finished = true;
      if (chunk.usage) this.#used(chunk.usage);
    }
    if (!finished && !signal.aborted) throw providerError('provider.failed');
  }

  #used(usage: OpenAI.CompletionUsage): void {
    this.#options.tell({
      type: 'used',
      role: 'reply',
      provider: this.name,
      inputTokens: usage.prompt_tokens,
      cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
      outputTokens: usage.completion_tokens,
    });
  }
}
