import { splitBlocks } from './blocks.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { PolicyFault } from './policy-faults.ts';
import { readPolicyDocument } from './read-policy-document.ts';

/**
 * A policy document as people edit and merge it (POL60): one block a policy, its JSON without an empty line, so that two people
 * who change two policies are in nobody's way. The note, where there is one, is a block `{ "note": "..." }` of its own. Name
 * and version are no part of the text: the name is the document's, the version is given when it is put in force.
 */
export interface PolicyBlock {
  /** The same wherever the document is taken in from a file. */
  readonly id: string;
  readonly text: string;
}

/** What is wrong in a text; `clause` counts blocks from 0, `null` is the document as a whole. */
export interface ClauseFault extends PolicyFault {
  readonly clause: number | null;
}

export type PolicyTextReading =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly faults: readonly ClauseFault[] };

const LINE_CHARS = 96;
const NOTE_ID = 'document-note';

export function blocksOf({ note, policies }: PolicyDocument): readonly PolicyBlock[] {
  return [
    ...(note === undefined ? [] : [{ id: NOTE_ID, text: print({ note }) }]),
    ...policies.map(policy => ({ id: `clause-${policy.name}`, text: print(policy) })),
  ];
}

/** Reads the blocks of a text as a document. Never throws: what is wrong is an answer with its clause (POL61). */
export function policyDocumentOf(name: string, texts: readonly string[], version: number): PolicyTextReading {
  const clauses = texts.map(readClause);
  const broken = clauses.flatMap((clause, at) => ('problem' in clause ? [faultOf(at, clause.problem)] : []));
  if (broken.length > 0) return { ok: false, faults: broken };
  const places: number[] = [];
  const policies: unknown[] = [];
  const notes: { readonly at: number; readonly note: unknown }[] = [];
  clauses.forEach((clause, at) => {
    if ('problem' in clause) return;
    if (isNote(clause.value)) notes.push({ at, note: clause.value.note });
    else {
      places.push(at);
      policies.push(clause.value);
    }
  });
  const [first, second] = notes;
  if (second) return { ok: false, faults: [faultOf(second.at, 'is a second note', 'one note, or none')] };
  const input = { format: 2, name, version, ...(first ? { note: first.note } : {}), policies };
  const reading = readPolicyDocument(input, name);
  return reading.ok
    ? reading
    : { ok: false, faults: reading.faults.map(fault => placed(fault, places, first?.at ?? null)) };
}

/** The same for a text as a whole, as it stands in an editor. */
export const readPolicyText = (name: string, text: string, version = 1): PolicyTextReading =>
  policyDocumentOf(name, splitBlocks(text), version);

/** The names of the policies of a text, in its order; what cannot be read has none. */
export const clauseNamesOf = (texts: readonly string[]): readonly string[] =>
  texts.flatMap(text => {
    const clause = readClause(text);
    if ('problem' in clause || isNote(clause.value)) return [];
    const { name, kind } = clause.value as { readonly name?: unknown; readonly kind?: unknown };
    return typeof name === 'string' ? [name] : typeof kind === 'string' ? [kind] : [];
  });

/** What putting a text in force would change of what is, policy by policy (POL72). */
export interface PolicyChange {
  readonly name: string;
  readonly what: 'new' | 'changed' | 'gone';
}

export function policyChanges(before: PolicyDocument | null, after: PolicyDocument): readonly PolicyChange[] {
  const old = new Map(before?.policies.map(policy => [policy.name, JSON.stringify(policy)]));
  const names = new Set(after.policies.map(({ name }) => name));
  return [
    ...after.policies.flatMap((policy): readonly PolicyChange[] => {
      const was = old.get(policy.name);
      if (was === JSON.stringify(policy)) return [];
      return [{ name: policy.name, what: was === undefined ? 'new' : 'changed' }];
    }),
    ...[...old.keys()].filter(name => !names.has(name)).map(name => ({ name, what: 'gone' }) as const),
  ];
}

/** Where each clause stands in a text, in UTF-16 code units: the lines between empty ones. */
export function clauseRanges(text: string): readonly { readonly from: number; readonly to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  let at = 0;
  let isOpen = false;
  for (const line of text.split('\n')) {
    const end = at + line.length;
    const last = ranges.at(-1);
    if (line.trim() === '') isOpen = false;
    else if (isOpen && last) last.to = end;
    else {
      ranges.push({ from: at, to: end });
      isOpen = true;
    }
    at = end + 1;
  }
  return ranges;
}

/** One line for people: `Clause 3, phrases[0]: has 1 characters; expected at least 2 characters`. */
export function clauseFaultWords({ clause, path, problem, expected }: ClauseFault): string {
  const where = clause === null ? 'The document' : `Clause ${String(clause + 1)}`;
  return `${where}${path === '' ? '' : `, ${path}`}: ${problem}; expected ${expected}`;
}

type Clause = { readonly value: object } | { readonly problem: string };

function readClause(text: string): Clause {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it cannot be read';
    return { problem: `is no JSON (${why}). A clause ends at an empty line` };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { value }
    : { problem: 'is no JSON object' };
}

const isNote = (value: object): value is { readonly note: unknown } =>
  'note' in value && Object.keys(value).length === 1;

const faultOf = (
  clause: number,
  problem: string,
  expected = 'one policy as a JSON object, or { "note": "..." }',
): ClauseFault => ({ clause, path: '', problem, expected });

/** The reader names places by the list of policies; people see clauses. */
function placed(fault: PolicyFault, places: readonly number[], noteAt: number | null): ClauseFault {
  const match = /^policies\[(?<at>\d+)\]\.?(?<rest>.*)$/u.exec(fault.path);
  if (match)
    return {
      ...fault,
      clause: places[Number(match.groups?.['at'])] ?? null,
      path: match.groups?.['rest'] ?? '',
    };
  if (fault.path === 'note') return { ...fault, clause: noteAt };
  return { ...fault, clause: null, path: fault.path === 'policies' ? '' : fault.path };
}

/** JSON with what fits a line on one line: a list of phrases is read as a list. */
function print(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{ ', ' }'];
  const entries = isList
    ? value.map(one => ['', one] as const)
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => [`${JSON.stringify(key)}: `, one] as const);
  if (entries.length === 0) return isList ? '[]' : '{}';
  const line = `${open}${entries.map(([key, one]) => key + print(one, indent)).join(', ')}${close}`;
  // The outermost object always has a line for each field: that is what people change and compare.
  if (indent !== '' && line.length + indent.length <= LINE_CHARS && !line.includes('\n')) return line;
  const deeper = `${indent}  `;
  return `${open.trim()}\n${entries.map(([key, one]) => `${deeper}${key}${print(one, deeper)}`).join(',\n')}\n${indent}${close.trim()}`;
}
