import fc from 'fast-check';
import { seededRandom, type Random } from '#shared/base/random.ts';

/** What is thrown at a boundary: a value as JSON can carry it, text that need not be JSON, or bytes. */
export type FuzzInput =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** Values that have broken parsers before: wrong types, edges of numbers, names of Object's own members, odd text. */
const HOSTILE: readonly unknown[] = [
  ...[null, true, '', [], {}, 0, -0, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER],
  ...['__proto__', 'constructor', 'toString', '../../etc/passwd', 'NaN', '\u0000', '\ud800', '\u202e', '%00'],
  ...['-1', '1e9', '${x}', "'; DROP TABLE call_events; --", '<script>', 'a'.repeat(5000), ['a', ['b', [{}]]]],
  { __proto__x: 1, length: -1, then: 'x', toJSON: 'x' },
];
const KEYS = ['__proto__', 'constructor', 'prototype', 'then', 'toJSON', 'type', 'id', 'v', '', 'x'];

/** Inputs bred from good ones, and garbage, huge and deep ones. The same seed gives the same inputs. */
export function fuzzInputs(seeds: readonly unknown[]): fc.Arbitrary<FuzzInput> {
  const value = (arbitrary: fc.Arbitrary<unknown>) =>
    arbitrary.map((of): FuzzInput => ({ kind: 'value', value: of }));
  const text = (arbitrary: fc.Arbitrary<string>) =>
    arbitrary.map((of): FuzzInput => ({ kind: 'text', text: of }));
  const seed = fc.constantFrom(...seeds);
  return fc.oneof(
    {
      weight: 40,
      arbitrary: value(fc.tuple(seed, fc.integer()).map(([from, at]) => mutated(from, seededRandom(at)))),
    },
    {
      weight: 15,
      arbitrary: text(fc.tuple(seed, fc.integer()).map(([from, at]) => damaged(from, seededRandom(at)))),
    },
    { weight: 15, arbitrary: value(fc.jsonValue({ maxDepth: 4 })) },
    { weight: 10, arbitrary: text(fc.string({ unit: 'binary', maxLength: 200 })) },
    {
      weight: 10,
      arbitrary: fc.uint8Array({ maxLength: 700 }).map((bytes): FuzzInput => ({ kind: 'bytes', bytes })),
    },
    { weight: 8, arbitrary: value(seed) },
    {
      weight: 1,
      arbitrary: value(fc.tuple(seed, fc.integer()).map(([from, at]) => huge(from, seededRandom(at)))),
    },
    { weight: 1, arbitrary: value(fc.integer({ min: 20, max: 2000 }).map(deep)) },
  );
}

/** The input as text: what a socket, a file or a command line would carry. */
export function textOf(input: FuzzInput): string {
  if (input.kind === 'text') return input.text;
  if (input.kind === 'bytes') return Buffer.from(input.bytes).toString('utf8');
  return typeof input.value === 'string' ? input.value : jsonOf(input.value);
}

export function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** The input as a value: JSON where the text is JSON, otherwise the text itself. */
export function valueOf(input: FuzzInput): unknown {
  if (input.kind === 'value') return input.value;
  if (input.kind === 'bytes') return input.bytes;
  try {
    return JSON.parse(input.text);
  } catch {
    return input.text;
  }
}

export function bytesOf(input: FuzzInput): Uint8Array {
  return input.kind === 'bytes' ? input.bytes : Buffer.from(textOf(input));
}

const pick = <Item>(random: Random, from: readonly Item[]): Item =>
  from[Math.floor(random() * from.length)] as Item;

/** One to three places of a copy are replaced, removed, doubled or joined by a stranger. */
function mutated(seed: unknown, random: Random): unknown {
  let copy = structuredClone(seed);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change += 1) copy = changedOnce(copy, random);
  return copy;
}

function changedOnce(value: unknown, random: Random): unknown {
  const isTree = typeof value === 'object' && value !== null;
  if (!isTree || random() < 0.1) return pick(random, HOSTILE);
  if (Array.isArray(value)) {
    const list = [...(value as readonly unknown[])];
    const at = Math.floor(random() * (list.length + 1));
    const listRoll = random();
    if (listRoll < 0.3 || list.length === 0) list.splice(at, 0, pick(random, HOSTILE));
    else if (listRoll < 0.5) list.splice(at, 1);
    else if (at < list.length) list[at] = changedOnce(list[at], random);
    return list;
  }
  const entries = Object.entries(value);
  const chosen = entries[Math.floor(random() * entries.length)];
  const roll = random();
  if (roll < 0.15 || !chosen) entries.push([pick(random, KEYS), pick(random, HOSTILE)]);
  else if (roll < 0.3) entries.splice(entries.indexOf(chosen), 1);
  else chosen[1] = changedOnce(chosen[1], random);
  return Object.fromEntries(entries);
}

/** Good JSON cut, doubled, or with a few characters changed. */
function damaged(seed: unknown, random: Random): string {
  const text = typeof seed === 'string' ? seed : jsonOf(seed);
  const at = Math.floor(random() * (text.length + 1));
  const roll = random();
  if (roll < 0.3) return text.slice(0, at);
  if (roll < 0.5) return text.slice(0, at) + text.slice(Math.floor(random() * (text.length + 1)));
  if (roll < 0.6) return text + text;
  const stranger = pick(random, [
    '"',
    '\\',
    '{',
    ']',
    ',',
    ':',
    '\n',
    '\u0000',
    '\ufeff',
    '-',
    '9'.repeat(400),
    '💥',
    '%',
    '=',
  ]);
  return text.slice(0, at) + stranger + text.slice(at + (random() < 0.5 ? 1 : 0));
}

function huge(seed: unknown, random: Random): unknown {
  const size = pick(random, [70_000, 200_000, 1_200_000]);
  const filler = random() < 0.6 ? 'a'.repeat(size) : Array.from({ length: size / 20 }, () => 'a');
  if (typeof seed !== 'object' || seed === null || Array.isArray(seed)) return filler;
  const keys = [...Object.keys(seed), 'x'];
  return { ...seed, [pick(random, keys)]: filler };
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}
