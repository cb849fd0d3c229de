import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrgId } from '#shared/domain/ids.ts';
import { policyDocumentSchema } from '#shared/domain/policy-document.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openJudging, STANDING_CLOCK } from './judge-speech.ts';
import { PolicyBook } from './policy-book.ts';

const ORG = 'org-1' as OrgId;
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'book-'));
  mkdirSync(join(root, 'shipped'));
  mkdirSync(join(root, 'data', ORG), { recursive: true });
  write('shipped/base.json', document('base', 1, 'guarantee'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const document = (name: string, version: number, phrase: string) => ({
  format: 2,
  name,
  version,
  policies: [{ kind: 'phrases', name: `${name}-words`, phrases: [phrase] }],
});
const write = (file: string, value: unknown): void =>
  writeFileSync(join(root, file), typeof value === 'string' ? value : JSON.stringify(value));
const own = (name: string): string => `data/${ORG}/${name}.json`;

const put = (book: PolicyBook, input: unknown): boolean =>
  book.adopt(ORG, [policyDocumentSchema.parse(input)], [], 'ann');

function open(more: { readonly isFollower?: boolean } = {}) {
  const applied: string[] = [];
  const refused: string[] = [];
  const book = new PolicyBook({
    clock: systemClock,
    shipped: join(root, 'shipped'),
    folder: join(root, 'data'),
    ask: null,
    ...more,
    onApplied: (_orgId, label, by) => applied.push(`${label} by ${by}`),
    onRefused: (_orgId, problems) => refused.push(...problems),
  });
  return { book, applied, refused, label: () => book.rules(ORG).label };
}
const refusal = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return AppError.is(error) ? `${error.body.code}: ${error.body.message}` : String(error);
  }
};

describe('policy book', () => {
  test('[POL20] an org replaces shipped documents by name and adds its own; another org is not touched', () => {
    write(own('base'), document('base', 4, 'promise'));
    write(own('more'), document('more', 1, 'surely'));
    const { book, label } = open();
    expect(label()).toBe('base@4+more@1');
    expect(book.rules('org-2' as OrgId).label).toBe('base@1');
    expect(refusal(() => book.rules('../org-1' as OrgId))).toMatch(/^input\.invalid/u);
  });

  test('[POL20] documents that do not go together are not in force at all', () => {
    const { book, label, refused } = open();
    expect(label()).toBe('base@1');
    write(own('good'), document('good', 1, 'surely'));
    write(own('bad'), { ...document('bad', 1, 'fine'), policies: document('base', 1, 'x y').policies });
    expect(book.reload(ORG)).toBe(false);
    expect(label()).toBe('base@1');
    expect(refused[0]).toContain('"base-words" is the name of');
  });

  test('[POL21] a changed file is read by itself, and a broken one changes nothing', async () => {
    const { book, label, applied, refused } = open();
    expect(label()).toBe('base@1');
    const stop = book.watch(ORG);
    write(own('base'), document('base', 2, 'promise'));
    await expect.poll(label, { timeout: 5000 }).toBe('base@2');
    write(own('base'), '{ "format": 2,');
    await expect.poll(() => refused.length, { timeout: 5000 }).toBeGreaterThan(0);
    expect(label()).toBe('base@2');
    expect(book.problems(ORG)[0]).toContain('base.json is not JSON');
    write(own('base'), document('base', 3, 'promise'));
    await expect.poll(label, { timeout: 5000 }).toBe('base@3');
    expect(book.problems(ORG)).toEqual([]);
    stop();
    expect(applied).toEqual(['base@2 by file', 'base@3 by file']);
  });

  test('[POL23] what was put in force is kept with its version, and is there after a restart', () => {
    const { book, label, applied } = open();
    expect(put(book, document('base', 2, 'promise'))).toBe(true);
    expect(put(book, document('base', 2, 'promise'))).toBe(false);
    put(book, document('base', 3, 'surely'));
    expect(applied).toEqual(['base@2 by ann', 'base@3 by ann']);
    expect([label(), open().label()]).toEqual(['base@3', 'base@3']);
    expect(book.versions(ORG)).toEqual(['base@2', 'base@3']);
    expect(readFileSync(join(root, 'data', ORG, 'versions/base@2.json'), 'utf8')).toContain('promise');
    expect([book.highestVersion(ORG, 'base'), book.highestVersion(ORG, 'ba')]).toEqual([3, 0]);
  });

  test('[POL66] a document that is withdrawn goes with its file, and the shipped one of its name holds again', () => {
    const { book, label } = open();
    put(book, document('base', 2, 'promise'));
    write(own('other-file'), document('more', 1, 'surely'));
    book.reload(ORG);
    expect(label()).toBe('base@2+more@1');
    expect(book.adopt(ORG, [], ['base', 'more'], 'ann')).toBe(true);
    expect([label(), open().label()]).toEqual(['base@1', 'base@1']);
    expect(readdirSync(join(root, 'data', ORG)).filter(name => !name.startsWith('.'))).toEqual(['versions']);
  });

  test('[POL64] a host goes by what its worker put in force last, not by a file that somebody writes', () => {
    put(open().book, document('base', 2, 'promise'));
    write(own('base'), document('base', 3, 'surely'));
    expect([open({ isFollower: true }).label(), open().label()]).toEqual(['base@2', 'base@3']);
  });

  test('[POL23] a file with a used version and other words is refused', () => {
    const { book, label } = open();
    put(book, document('base', 2, 'promise'));
    write(own('base'), document('base', 2, 'surely'));
    expect(book.reload(ORG)).toBe(false);
    expect(book.problems(ORG)).toEqual([
      'base@2 was in force with other words; a changed document needs a higher version',
    ]);
    expect(label()).toBe('base@2');
  });

  test('[POL23] a refused document changes nothing on disk', () => {
    const { book, label } = open();
    const answer = refusal(() => book.compileWith(ORG, { ...document('base', 2, 'a b'), policies: [] }));
    expect(answer).toBe('policy.invalid: policies: has 0 entries; expected at least 1 entries');
    expect([label(), open().label()]).toEqual(['base@1', 'base@1']);
  });

  test('[POL24] a worker starts with what was in force last, and not without any', () => {
    put(open().book, document('base', 2, 'promise'));
    write(own('base'), 'broken');
    const again = open();
    expect(again.label()).toBe('base@2');
    expect(again.refused[0]).toContain('base.json is not JSON');
    write('data/org-3', '');
    rmSync(join(root, 'data/org-3'));
    mkdirSync(join(root, 'data/org-3'));
    write('data/org-3/base.json', 'broken');
    expect(refusal(() => open().book.rules('org-3' as OrgId))).toMatch(
      /^policy\.invalid: base\.json is not JSON/u,
    );
  });

  test('[POL26] a sentence of ours that the policies stop is refused with the policy', () => {
    const { book } = open();
    const limits = { kind: 'call-limits', endText: 'I guarantee that I end the call.' };
    expect(
      refusal(() => book.compileWith(ORG, { ...document('lead', 1, 'surely'), policies: [limits] })),
    ).toBe(
      'policy.invalid: call-limits.endText: is stopped by base-words; expected a sentence that the other policies let pass',
    );
  });

  test('[POL22] speech that has begun keeps its rules; the next utterance has the new ones', () => {
    const { book } = open();
    const begun = openJudging(book.rules(ORG).gate, 'reply', STANDING_CLOCK);
    const unit = (text: string) => ({ text, citations: [], toolFacts: [] });
    begun.draft(unit('I promise. '));
    put(book, document('base', 2, 'promise'));
    begun.draft(unit('I promise again. '));
    begun.draft(unit('I guarantee it. '));
    const next = openJudging(book.rules(ORG).gate, 'reply', STANDING_CLOCK);
    next.draft(unit('I guarantee it. '));
    next.draft(unit('I may promise. '));
    expect(begun.judged.map(({ outcome }) => outcome.decision)).toEqual(['allow', 'allow', 'veto']);
    expect(next.judged.map(({ outcome }) => outcome.decision)).toEqual(['allow', 'veto']);
  });
});
