import type { z } from 'zod';
import { appError } from '#shared/errors/app-error.ts';

/** Throws `input.invalid`, which names the first place that is not understood. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw appError(
    'input.invalid',
    `${issue?.path.join('.') ?? 'The request'}: ${issue?.message ?? 'not understood'}`,
  );
}
