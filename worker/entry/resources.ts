import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { readDocument } from '#shared/errors/read-document.ts';

export const RESOURCES = join(import.meta.dirname, '../../resources');

export function readResource<Output>(file: string, schema: z.ZodType<Output>): Output {
  return readDocument(`document ${file}`, readFileSync(join(RESOURCES, file), 'utf8'), schema);
}
