import { createHash } from 'node:crypto';
import { type z } from 'zod';
import type { ToolOutcome } from '#shared/adapters/reply-model.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { redactCardNumbers } from '#worker/audit/redaction.ts';

/** One tool: what it takes, and how it runs. Results are facts, each with a name and a value to speak. */
export interface ToolDefinition<Args extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly args: Args;
  run(
    args: z.infer<Args>,
    signal: AbortSignal,
  ): Promise<readonly { readonly name: string; readonly value: string }[]>;
}

/** Gives a definition its argument type where it is written. */
export function defineTool<Args extends z.ZodType>(tool: ToolDefinition<Args>): ToolDefinition {
  return tool;
}

export interface ToolRun extends ToolOutcome {
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
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The tools of one org. Running one never throws: a refusal, a failure and a time-out are outcomes (TOOL1-TOOL5). */
export class ToolRegistry {
  readonly #tools: ReadonlyMap<string, ToolDefinition>;

  constructor(tools: readonly ToolDefinition[]) {
    this.#tools = new Map(tools.map(tool => [tool.name, tool]));
  }

  get names(): readonly string[] {
    return [...this.#tools.keys()];
  }

  async run(name: string, args: unknown, options: ToolRunOptions): Promise<ToolRun> {
    const { clock } = options;
    const startedMono = clock.mono();
    const request = JSON.stringify({ tool: name, args });
    const { status, facts } = await this.#attempt(name, args, options);
    const response = JSON.stringify({ status, facts });
    return {
      toolCallId: options.newId(),
      tool: name,
      status,
      facts,
      latencyMs: Math.max(0, clock.mono() - startedMono),
      requestHash: sha256(request),
      responseHash: sha256(response),
      redactedRequest: redactCardNumbers(request).text,
      redactedResponse: redactCardNumbers(response).text,
    };
  }

  async #attempt(
    name: string,
    args: unknown,
    { allowed, deadlineMs, signal, clock }: ToolRunOptions,
  ): Promise<Pick<ToolRun, 'status' | 'facts'>> {
    const tool = this.#tools.get(name);
    if (!tool || !allowed.includes(name)) return { status: 'refused', facts: [] };
    const parsed = tool.args.safeParse(args);
    if (!parsed.success) return { status: 'refused', facts: [] };
    const abort = new AbortController();
    const late = new Promise<'timeout'>(resolve => {
      const stop = clock.after(deadlineMs, () => resolve('timeout'));
      abort.signal.addEventListener('abort', stop);
    });
    try {
      const facts = await Promise.race([
        tool.run(parsed.data, AbortSignal.any([signal, abort.signal])),
        late,
      ]);
      return facts === 'timeout' ? { status: 'timeout', facts: [] } : { status: 'ok', facts };
    } catch {
      return { status: 'error', facts: [] };
    } finally {
      abort.abort('done');
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
