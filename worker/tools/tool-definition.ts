import type { z } from 'zod';
import type { CallId, OrgId, TurnId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';

/** What a tool knows of the call; never from the model, so that nobody can be talked into somebody else's data. */
export interface ToolContext {
  readonly orgId: OrgId;
  readonly callId: CallId;
  readonly turnId: TurnId | null;
  /** As the line gave it; the phone is `null` when withheld. */
  readonly caller: { readonly name: string; readonly phone: string | null };
  readonly append: (draft: CallEventDraft) => void;
}

export interface ToolFact {
  readonly name: string;
  readonly value: string;
}

/**
 * One tool, as an MCP server would describe it, and how it runs. Input and output are parsed; the schemas that models are shown
 * come from here (TOOL20). Input objects are strict and every field is required, nullable where it may be missing.
 */
export interface ToolDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** `changes`: somebody outside would notice that it ran. Such a tool is not run for a draft (TOOL26). */
  readonly effect: 'reads' | 'changes';
  /** May throw: the registry makes an outcome of it. Listens to the signal. */
  run(input: z.output<Input>, context: ToolContext, signal: AbortSignal): Promise<z.input<Output>>;
  /** What may be said of a result, by name. */
  facts(output: z.output<Output>): readonly ToolFact[];
}

/** Gives a definition its types where it is written. */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(
  tool: ToolDefinition<Input, Output>,
): ToolDefinition {
  // The registry parses before it runs, so the input is what the definition says.
  return tool;
}
