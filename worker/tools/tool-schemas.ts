import { z } from 'zod';
import type { ToolDefinition } from './tool-definition.ts';

/** JSON schema of an object, as every API takes it. */
interface ObjectSchema extends Record<string, unknown> {
  readonly type: 'object';
  readonly properties: Record<string, unknown>;
  readonly required: string[];
  readonly additionalProperties: false;
}

/** Tools for chat completions (req:L18). `strict`: the model can only make arguments that fit. */
export function chatTools(tools: readonly ToolDefinition[]) {
  return tools.map(({ name, description, input }) => ({
    type: 'function' as const,
    function: { name, description, parameters: objectSchema(input), strict: true },
  }));
}

/** Tools for a session of the Realtime API (req:L20). */
export function realtimeTools(tools: readonly ToolDefinition[]) {
  return tools.map(({ name, description, input }) => ({
    type: 'function' as const,
    name,
    description,
    parameters: objectSchema(input),
  }));
}

/** Tools as an MCP server lists them. */
export function mcpTools(tools: readonly ToolDefinition[]) {
  return tools.map(({ name, description, input, output, effect }) => ({
    name,
    description,
    inputSchema: objectSchema(input),
    outputSchema: objectSchema(output),
    annotations: { readOnlyHint: effect === 'reads' },
  }));
}

/** Throws when a definition is no strict object: the APIs would refuse it when a caller waits. */
function objectSchema(schema: z.ZodType): ObjectSchema {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { io: 'input' });
  const { type, properties = {}, required = [], additionalProperties } = shape;
  const open = Object.keys(properties).find(name => !required.includes(name));
  if (type !== 'object' || additionalProperties !== false || open !== undefined)
    throw new Error(
      `a tool takes and gives strict objects with every field required${open ? `: ${open}` : ''}`,
    );
  return { ...shape, type, properties, required, additionalProperties };
}
