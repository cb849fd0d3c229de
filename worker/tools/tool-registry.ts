import type { ToolOutcome } from '#shared/adapters/reply-model.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { payloadHash } from '#worker/audit/canonical-json.ts';
import { redactPayload } from '#worker/audit/redact-payload.ts';
import type { ToolContext, ToolDefinition } from './tool-definition.ts';

export interface ToolRun extends ToolOutcome {
  readonly status: 'ok' | 'error' | 'timeout' | 'refused';
  readonly latencyMs: number;
  /** SHA-256 of what was sent and what came back, as canonical JSON (req:T8). */
  readonly requestHash: string;
  readonly responseHash: string;
  readonly redactedRequest: string;
  readonly redactedResponse: string;
}

export interface ToolRunOptions {
  /** Tools the judged intent allows; any other is refused unrun (TOOL2). */
  readonly allowed: readonly string[];
  /** `reads`: a tool that changes something is refused, because what it is for may never be said (TOOL26). */
  readonly effects: 'all' | 'reads';
  /** Who has agreed to this very call; two different people where the tool needs them (TOOL40). */
  readonly approvedBy: readonly string[];
  readonly context: ToolContext;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** People who have to agree to a tool that needs more than the caller's wish. */
export const PEOPLE_NEEDED = 2;

/** The tools of one org. Running one never throws: a refusal, a failure and a time-out are outcomes (TOOL1-TOOL5). */
export class ToolRegistry {
  readonly #tools: ReadonlyMap<string, ToolDefinition>;
  readonly #twoPerson: ReadonlySet<string>;

  constructor(tools: readonly ToolDefinition[], twoPerson: readonly string[] = []) {
    this.#tools = new Map(tools.map(tool => [tool.name, tool]));
    this.#twoPerson = new Set(twoPerson);
  }

  get names(): readonly string[] {
    return [...this.#tools.keys()];
  }

  /** Definitions of some tools, for the schemas a model is shown; all of them without a choice. */
  definitions(names: readonly string[] = this.names): readonly ToolDefinition[] {
    return names.flatMap(name => this.#tools.get(name) ?? []);
  }

  /** Whether a call is fine in itself and only waits for people. */
  needsPeople(name: string, args: unknown, options: Pick<ToolRunOptions, 'allowed' | 'effects'>): boolean {
    return this.#twoPerson.has(name) && this.#refusal(name, args, options) === null;
  }

  async run(name: string, args: unknown, options: ToolRunOptions): Promise<ToolRun> {
    const { clock } = options;
    const startedMono = clock.mono();
    const request = requestOf(name, args);
    const { status, facts } = await this.#attempt(name, args, options);
    const response = { status, facts };
    return {
      toolCallId: options.newId(),
      tool: name,
      status,
      facts,
      latencyMs: Math.max(0, clock.mono() - startedMono),
      requestHash: payloadHash(request),
      responseHash: payloadHash(response),
      redactedRequest: redactPayload(request),
      redactedResponse: redactPayload(response),
    };
  }

  #refusal(
    name: string,
    args: unknown,
    { allowed, effects }: Pick<ToolRunOptions, 'allowed' | 'effects'>,
  ): 'refused' | null {
    const tool = this.#tools.get(name);
    if (!tool || !allowed.includes(name)) return 'refused';
    if (effects === 'reads' && tool.effect === 'changes') return 'refused';
    return tool.input.safeParse(args).success ? null : 'refused';
  }

  async #attempt(
    name: string,
    args: unknown,
    options: ToolRunOptions,
  ): Promise<Pick<ToolRun, 'status' | 'facts'>> {
    const { deadlineMs, signal, clock, approvedBy, context } = options;
    const tool = this.#tools.get(name);
    if (!tool || this.#refusal(name, args, options)) return { status: 'refused', facts: [] };
    if (this.#twoPerson.has(name) && new Set(approvedBy).size < PEOPLE_NEEDED)
      return { status: 'refused', facts: [] };
    const abort = new AbortController();
    const late = new Promise<'timeout'>(resolve => {
      const stop = clock.after(deadlineMs, () => resolve('timeout'));
      abort.signal.addEventListener('abort', stop);
    });
    try {
      const input = tool.input.parse(args);
      const output = await Promise.race([
        tool.run(input, context, AbortSignal.any([signal, abort.signal])),
        late,
      ]);
      if (output === 'timeout') return { status: 'timeout', facts: [] };
      // What a tool answers is believed only as far as its own schema goes (TOOL21).
      return { status: 'ok', facts: tool.facts(tool.output.parse(output)) };
    } catch {
      return { status: 'error', facts: [] };
    } finally {
      abort.abort('done');
    }
  }
}

/** What is hashed, shown and approved of one call. */
export function requestOf(name: string, args: unknown): { readonly tool: string; readonly args: unknown } {
  return { tool: name, args };
}
