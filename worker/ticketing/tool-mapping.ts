/** A JSON value as it stands in a template. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type TemplateValues = Readonly<Record<string, Json | undefined>>;

const PLACEHOLDER = /\{([A-Za-z][A-Za-z.]*)\}/gu;
const ONLY_PLACEHOLDER = /^\{([A-Za-z][A-Za-z.]*)\}$/u;

/**
 * Fills a template. A text that is one placeholder becomes the value itself, with its type; inside a text a value is written
 * out. A field whose value is not there is left out. Pure (TIC10).
 */
export function fillTemplate(template: Json, values: TemplateValues): Json | undefined {
  if (typeof template === 'string') {
    const [, whole] = ONLY_PLACEHOLDER.exec(template) ?? [];
    if (whole !== undefined) return values[whole];
    return template.replaceAll(PLACEHOLDER, (_match, name: string) => written(values[name]));
  }
  if (isList(template)) return template.map(item => fillTemplate(item, values)).filter(isThere);
  if (typeof template === 'object' && template !== null) {
    const filled = Object.entries(template).map(
      ([name, item]) => [name, fillTemplate(item, values)] as const,
    );
    return Object.fromEntries(filled.filter((entry): entry is [string, Json] => isThere(entry[1])));
  }
  return template;
}

/** Whether a template has a place for a value. */
export function usesValue(template: Json, name: string): boolean {
  return JSON.stringify(template).includes(`{${name}}`);
}

/** The value at a path such as `result.0.sys_id`; `undefined` when there is none. Own fields only. */
export function readPath(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/**
 * Words of a caller for a vendor's query language: letters, digits, spaces. Nothing that is left can be an operator, so no
 * words can widen a search (TIC5).
 */
export function queryWords(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

const isThere = (value: Json | undefined): value is Json => value !== undefined;
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function written(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (isList(value)) return value.map(written).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
