import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../infra/scripts/policy.ts');
let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'policies-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: folder },
  });
  return { status, lines: stdout.split('\n').filter(line => line !== ''), stderr };
}
const write = (name: string, document: unknown): void =>
  writeFileSync(join(folder, name), typeof document === 'string' ? document : JSON.stringify(document));
const DOCUMENT = {
  format: 2,
  name: 'shop',
  version: 1,
  policies: [{ kind: 'phrases', name: 'no-guarantee', phrases: ['guarantee'] }],
};

// Each run starts a process, which takes its time on a busy machine.
describe('npm run policy', { timeout: 60_000 }, () => {
  test('[POL31] a bad line is told and the others are judged; the exit code is 1', () => {
    write('shop.json', DOCUMENT);
    const good = (id: string) => JSON.stringify({ id, chunks: [{ text: 'It is here. ', atMs: 0 }] });
    const { status, lines } = run(
      ['try', '--policies', folder],
      `${good('a')}\n\n{"id":"b"}\n${good('c')}\n`,
    );
    expect(status).toBe(1);
    expect(lines.map(line => JSON.parse(line) as object)).toMatchObject([
      { id: 'a', released: 'It is here. ' },
      { id: 'b', line: 3, error: { code: 'input.invalid' } },
      { id: 'c', released: 'It is here. ' },
    ]);
    expect(run(['try', `--policies=${folder}`], good('a')).status).toBe(0);
  });

  test.each([
    [['try'], 'Say where the documents are'],
    [['judge', '--policies', '.'], 'There is no command judge.'],
    [['try', '--policies', '.', '--loud'], 'There is no option --loud.'],
    [['try', '--policies'], '--policies needs a folder.'],
    [['try', '--policies', 'nowhere'], 'There is no folder'],
    [['check', '--policies', '.'], 'holds no policy document'],
  ])('[POL32] %j is refused: %s', (args, message) => {
    const { status, stderr, lines } = run(args);
    expect([status, lines]).toEqual([2, []]);
    expect(stderr).toContain(message);
  });

  test('[POL32] every fault of every document is told with its file and its place', () => {
    write('a.json', '{ "format": 2, ');
    write('b.json', { ...DOCUMENT, policies: [{ kind: 'phrases', name: 'x!', phrases: ['a'], word: 1 }] });
    const { status, stderr } = run(['check', '--policies', '.']);
    expect(status).toBe(2);
    expect(stderr).toContain('a.json is not JSON: ');
    expect(stderr).toContain('b.json: policies[0].name: is "x!"; expected two to forty small letters');
    expect(stderr).toContain(
      'b.json: policies[0].phrases[0]: has 1 characters; expected at least 2 characters',
    );
    expect(stderr).toContain('b.json: policies[0].word: is not a field of this place');
  });

  test('[POL32] valid documents are listed', () => {
    write('shop.json', DOCUMENT);
    const { status, lines } = run(['check', '--policies', '.']);
    expect([status, lines]).toEqual([0, [`${join(folder, 'shop.json')}: shop@1, 1 policies`]]);
  });

  test('[POL35] the worked example comes out as it says, and one that does not is told', () => {
    const example = join(import.meta.dirname, '../../docs/how-to/policies');
    const cases = readFileSync(join(example, 'cases.jsonl'), 'utf8');
    const { status, lines } = run(['try', '--policies', example], cases);
    const unmet = lines.flatMap(line => (JSON.parse(line) as { unmet: string[] }).unmet);
    expect([status, unmet]).toEqual([0, []]);
    expect(lines).toHaveLength(cases.trim().split('\n').length);
    const wrong = { id: 'a', chunks: [{ text: 'Hello.' }], expect: { decision: 'veto', released: '' } };
    const told = run(['try', '--policies', example], JSON.stringify(wrong));
    expect(told.status).toBe(1);
    expect(JSON.parse(told.lines[0] ?? '')).toMatchObject({
      unmet: ['decision: is "allow"; expected "veto"', 'released: is "Hello."; expected ""'],
    });
  });
});
