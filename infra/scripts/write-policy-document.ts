// Writes docs/reference/policy-document.md from the schema that documents are read with: `node infra/scripts/write-policy-document.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { policyDocumentSchema, policySchema, SINGLE_KINDS } from '#shared/domain/policy-document.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const shapeOf = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema;
const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function typeWords(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeWords).join(' or ');
  if (schema.type === 'array') return `list of ${typeWords(schema.items ?? {})}`;
  if (schema.type === 'object') {
    if (schema.propertyNames)
      return `object: ${typeWords(schema.propertyNames)} to ${typeWords(schema.additionalProperties as Schema)}`;
    const inner = Object.entries(schema.properties ?? {}).map(
      ([name, field]) => `\`${name}\`${schema.required?.includes(name) ? '' : '?'}: ${typeWords(field)}`,
    );
    return `{ ${inner.join('; ')} }`;
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const above = schema.exclusiveMinimum;
    const from = schema.minimum ?? (above === undefined ? undefined : above + 1);
    const to =
      schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER ? schema.maximum : undefined;
    const range =
      from === undefined && to === undefined
        ? ''
        : to === undefined
          ? ` from ${String(from)}`
          : ` ${String(from)} to ${to}`;
    return `${schema.type === 'integer' ? 'whole number' : 'number'}${range}`;
  }
  if (schema.type === 'string' && schema.maxLength !== undefined)
    return `text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
  return schema.type === 'string' ? 'name' : (schema.type ?? 'anything');
}

function table(schema: Schema, without: readonly string[]): readonly string[] {
  return [
    '| field | takes | default | meaning |',
    '|---|---|---|---|',
    ...Object.entries(schema.properties ?? {})
      .filter(([name]) => !without.includes(name))
      .map(([name, field]) => {
        const given =
          field.default === undefined
            ? schema.required?.includes(name)
              ? '**required**'
              : ''
            : code(field.default);
        return `| \`${name}\` | ${typeWords(field)} | ${given} | ${field.description ?? ''} |`.replace(
          /\|\s+(?=\|)/gu,
          '| ',
        );
      }),
  ];
}

export function policyDocumentPage(): string {
  const document = shapeOf(policyDocumentSchema);
  const kinds = policySchema.options.map(option => shapeOf(option as z.ZodType));
  return [
    '# Policy document',
    '',
    'Made from the schema by `node infra/scripts/write-policy-document.ts`. How to write one: [how-to/policies.md](../how-to/policies.md).',
    'A name is two to forty small letters, digits and dashes, beginning with a letter. A field that is not listed here is refused.',
    '',
    ...table(document, ['policies']),
    `| \`policies\` | list of 1 to 200 policies | **required** | Each has a \`kind\`; the kinds are below. |`,
    '',
    'A document without `format` and `name` is read as format 1: `version` and a list of policies of the kind `phrases`. It is called after its file.',
    '',
    `At most one policy of each of these kinds in all documents of an org: ${SINGLE_KINDS.map(kind => `\`${kind}\``).join(', ')}.`,
    'Where no document mentions `figures`, `card-data` or `personal-data`, their defaults hold.',
    ...kinds.flatMap(kind => [
      '',
      `## \`${String(kind.properties?.['kind']?.const)}\``,
      '',
      kind.description ?? '',
      '',
      ...table(kind, ['kind']),
    ]),
    '',
  ].join('\n');
}

if (import.meta.main)
  writeFileSync(join(import.meta.dirname, '../../docs/reference/policy-document.md'), policyDocumentPage());
