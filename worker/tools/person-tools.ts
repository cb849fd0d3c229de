import { z } from 'zod';
import { defineTool, type ToolDefinition } from './tool-definition.ts';

/** Calls whose people are remembered. */
const MAX_CALLS = 1000;

/** Hands the caller to a person: the supervisors are told, and one of them decides (req:L17). */
export function personTools(): readonly ToolDefinition[] {
  const told = new Set<string>();
  return [
    defineTool({
      name: 'transfer_to_human',
      description: 'Asks a supervisor to take the call. Use it when the caller wants a person.',
      effect: 'changes',
      input: z.strictObject({ reason: z.string().trim().min(1).max(300) }),
      output: z.strictObject({ handoff: z.enum(['asked', 'asked-before']) }),
      run: (_input, { callId, append }) => {
        if (told.has(callId)) return Promise.resolve({ handoff: 'asked-before' as const });
        told.add(callId);
        const [oldest] = told;
        if (told.size > MAX_CALLS && oldest !== undefined) told.delete(oldest);
        append({ type: 'call.transfer-requested', target: 'a supervisor', by: 'ai', outcome: null });
        return Promise.resolve({ handoff: 'asked' as const });
      },
      facts: ({ handoff }) => [{ name: 'handoff', value: handoff }],
    }),
  ];
}
