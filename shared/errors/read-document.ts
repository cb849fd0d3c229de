import type { z } from 'zod';
import { appError, type AppError } from './app-error.ts';

/**
 * Reads a document that people write. Throws `input.invalid`, naming the document, the place in it and what to do.
 * `what` is for people, such as "policy document demo.json".
 */
export function readDocument<Output>(what: string, text: string, schema: z.ZodType<Output>): Output {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable(what, 'it is not valid JSON');
  }
  return checkDocument(what, value, schema);
}

/** The same for a document that has been taken apart already. */
export function checkDocument<Output>(what: string, value: unknown, schema: z.ZodType<Output>): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  throw unusable(what, `${issue?.message ?? 'it is not understood'}${place}`);
}

function unusable(what: string, why: string): AppError {
  return appError('input.invalid', `The ${what} cannot be used: ${why}. Correct it and start again.`);
}
