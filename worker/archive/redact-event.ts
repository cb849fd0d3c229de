import { redactSensitive } from '#worker/audit/redact-payload.ts';

/** Ids, hashes and names of things hold digits in a row and are no one's. */
const NO_WORDS =
  /(?:^(?:id|v|type|seq|line|provider|policy|reason|tool|status|code|verb)$|Ids?$|Hash$|^sha256$|Sha256$|documentVersion|chain)/u;

/** An event as it may leave the house: what people and tools said without numbers and addresses of people. Pure (ARC10). */
export function redactEvent(text: string): { readonly text: string; readonly isRedacted: boolean } {
  const before = JSON.parse(text) as unknown;
  const after = JSON.stringify(walk(before, ''));
  return after === JSON.stringify(before) ? { text, isRedacted: false } : { text: after, isRedacted: true };
}

function walk(value: unknown, name: string): unknown {
  if (typeof value === 'string') return NO_WORDS.test(name) ? value : redactSensitive(value);
  if (Array.isArray(value)) return value.map(item => walk(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, key)]));
}
