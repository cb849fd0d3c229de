import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { sipConfigSchema } from '#shared/config/sip-config.ts';
import { readSipConfig } from './provision-sip.ts';
import { planSip, sipPartName, sipWishes, type SipHave, type SipWish } from './sip-plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'sip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLE = {
  lines: [
    { number: '+4930555', name: 'Returns' },
    { number: '+4930556', name: 'Orders' },
  ],
  inbound: { addresses: ['203.0.113.0/24'] },
  outbound: {
    address: 'sip.example.org',
    numbers: ['+4930555'],
    login: { username: 'us', password: '$TRUNK' },
  },
};
const example = sipConfigSchema.parse(EXAMPLE);
const secretOf = (name: string): string => `secret of ${name}`;
const markOf = (wish: SipWish): string => JSON.stringify(wish);

type Have = Record<SipWish['kind'], SipHave[]>;

/** The server after the steps. */
function after(have: Have, steps: ReturnType<typeof planSip>): Have {
  const next: Have = { inbound: [...have.inbound], outbound: [...have.outbound], rule: [...have.rule] };
  for (const step of steps) {
    if (step.do === 'remove') next[step.kind] = next[step.kind].filter(({ id }) => id !== step.id);
    if (step.do !== 'create' && step.do !== 'replace') continue;
    const { wish } = step;
    const id = step.do === 'replace' ? step.id : `new ${wish.part}`;
    next[wish.kind] = [
      ...next[wish.kind].filter(one => one.id !== id),
      { id, name: sipPartName(wish.part), mark: markOf(wish) },
    ];
  }
  return next;
}

describe('what there should be', () => {
  test('[SIP51] a trunk for our numbers, one for all others, a room per call, and a limit to ringing', () => {
    expect(sipWishes(example, secretOf)).toMatchObject([
      { part: 'lines', numbers: ['+4930555', '+4930556'], ringingS: 45, addresses: ['203.0.113.0/24'] },
      { part: 'catch-all', numbers: [], ringingS: 45, addresses: ['203.0.113.0/24'] },
      { part: 'outbound', login: { username: 'us', password: 'secret of $TRUNK' } },
      { part: 'calls', kind: 'rule', roomPrefix: 'call-' },
    ]);
  });

  const wishes = sipWishes(example, secretOf);
  const anyHave = fc.record({
    inbound: fc.array(someHave('inbound')),
    outbound: fc.array(someHave('outbound')),
    rule: fc.array(someHave('rule')),
  });

  test('[SIP50] whatever there was, the plan leads there, doing it again does nothing, and what is not ours stays', () => {
    fc.assert(
      fc.property(anyHave, have => {
        const done = after(have, planSip(wishes, have, markOf));
        expect(planSip(wishes, done, markOf).map(step => step.do)).toEqual(wishes.map(() => 'keep'));
        for (const kind of ['inbound', 'outbound', 'rule'] as const) {
          const theirs = (list: readonly SipHave[]): readonly SipHave[] =>
            list.filter(({ name }) => name === 'somebody else’s');
          expect(theirs(done[kind])).toEqual(theirs(have[kind]));
        }
      }),
    );
  });

  test('[SIP50] what the file changes is replaced in place, what it drops is removed first', () => {
    const have = after(
      { inbound: [], outbound: [], rule: [] },
      planSip(wishes, { inbound: [], outbound: [], rule: [] }, markOf),
    );
    const { outbound, ...without } = EXAMPLE;
    expect(outbound).toBeDefined();
    const changed = sipConfigSchema.parse({ ...without, lines: [{ number: '+4930555', name: 'Returns' }] });
    const steps = planSip(sipWishes(changed, secretOf), have, markOf);
    expect(steps.map(step => step.do)).toEqual(['remove', 'replace', 'keep', 'keep']);
  });
});

function someHave(kind: SipWish['kind']): fc.Arbitrary<SipHave> {
  const names = [
    'somebody else’s',
    ...(['lines', 'catch-all', 'outbound', 'calls'] as const).map(sipPartName),
  ];
  return fc.record({
    id: fc.uuid().map(id => `${kind}-${id}`),
    name: fc.constantFrom(...names),
    mark: fc.constantFrom('', 'old'),
  });
}

describe('the file', () => {
  const read = (content: unknown): ReturnType<typeof readSipConfig> => {
    const file = join(folder, 'sip.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readSipConfig(file);
  };

  test('[SIP52] the example of the documentation is right', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/how-to/sip.md'), 'utf8');
    const block = /```json\n(?<json>[\s\S]*?)```/u.exec(page)?.groups?.['json'] ?? '';
    expect(read(block).lines.length).toBeGreaterThan(0);
  });

  test.each([
    ['no JSON', '{', /cannot be read/u],
    ['nobody kept out', { ...EXAMPLE, inbound: {} }, /inbound: needs addresses or a login/u],
    [
      'a password in the file',
      { ...EXAMPLE, inbound: { login: { username: 'u', password: 'hunter2' } } },
      /inbound.login.password: must name an environment variable/u,
    ],
    ['no line', { ...EXAMPLE, lines: [] }, /lines/u],
    ['a key there is not', { ...EXAMPLE, rooms: 'direct' }, /rooms/u],
    ['endless ringing', { ...EXAMPLE, inbound: { addresses: ['203.0.113.1'], ringingS: 0 } }, /ringingS/u],
  ])('[SIP52] %s is refused', (_, content, says) => {
    expect(() => read(content)).toThrow(says);
    expect(() => read(content)).not.toThrow(/hunter2/u);
  });
});
