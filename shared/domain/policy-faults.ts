import type { z } from 'zod';

/** What is wrong at one place of a policy document, in words. */
export interface PolicyFault {
  /** `policies[2].phrases[0].phrase`; empty for the document as a whole. */
  readonly path: string;
  readonly problem: string;
  readonly expected: string;
}

type Issue = z.core.$ZodIssue;

/** One line: place, what is there, what is expected. */
export function faultWords({ path, problem, expected }: PolicyFault): string {
  return `${path === '' ? 'the document' : path}: ${problem}; expected ${expected}`;
}

/** The issues of a schema as faults, in the order of the document. */
export function faultsOf(input: unknown, issues: readonly Issue[]): readonly PolicyFault[] {
  return issues.flatMap(issue => faultsOfIssue(input, issue, []));
}

function faultsOfIssue(input: unknown, issue: Issue, above: readonly PropertyKey[]): readonly PolicyFault[] {
  const path = [...above, ...issue.path];
  const found = valueAt(input, path);
  const fault = (problem: string, expected: string): readonly PolicyFault[] => [
    { path: pathWords(path), problem, expected },
  ];
  switch (issue.code) {
    case 'invalid_type':
      return fault(found === undefined ? 'is missing' : `is ${valueWords(found)}`, typeWords(issue.expected));
    case 'invalid_value':
      return fault(
        found === undefined ? 'is missing' : `is ${valueWords(found)}`,
        `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(value => JSON.stringify(value)).join(', ')}`,
      );
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const least = issue.inclusive === false ? 'more than' : 'at least';
      const side = issue.code === 'too_small' ? least : 'at most';
      return fault(
        sizeWords(found),
        `${side} ${String(limit)}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`,
      );
    }
    case 'invalid_format':
      return fault(
        `is ${valueWords(found)}`,
        'two to forty small letters, digits and dashes, beginning with a letter, such as no-refund-promise',
      );
    case 'unrecognized_keys':
      return issue.keys.map(key => ({
        path: pathWords([...path, key]),
        problem: 'is not a field of this place',
        expected:
          'only the fields of docs/reference/policy-document.md; a field with a typing error would do nothing',
      }));
    case 'invalid_union': {
      const options = issue.discriminator === undefined ? null : issue.discriminator;
      if (options !== null || issue.errors.length === 0)
        return fault(
          found === undefined ? 'is missing' : `is ${valueWords(found)}`,
          `one of the kinds of docs/reference/policy-document.md`,
        );
      // The form that fits furthest is the one that was meant.
      const best = [...issue.errors].sort((a, b) => fit(b) - fit(a))[0] ?? [];
      return best.flatMap(inner => faultsOfIssue(input, inner, path));
    }
    default:
      return fault(issue.message, 'a document as docs/reference/policy-document.md has it');
  }
}

const fit = (issues: readonly Issue[]): number =>
  Math.max(0, ...issues.map(issue => issue.path.length * 2 + (issue.code === 'invalid_type' ? 0 : 1)));

function pathWords(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function valueWords(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

function sizeWords(value: unknown): string {
  if (typeof value === 'string') return `has ${value.length} characters`;
  if (Array.isArray(value)) return `has ${value.length} entries`;
  return `is ${valueWords(value)}`;
}

function typeWords(type: string): string {
  if (type === 'array') return 'a list';
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/u.test(type) ? `an ${type}` : `a ${type}`;
}
