import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadScenarios } from './load-scenarios.ts';
import { scenarioSchema } from './scenario.ts';
import { startOf, stepScenario, type ScenarioInput, type ScenarioState } from './scenario-machine.ts';

const scenarios = loadScenarios(join(import.meta.dirname, '../../../resources/demo/scenarios'));
const CLIP_MS = 2500;

/** Follows one caller until the end, with an AI that does what the list says, one thing every second. */
function endsAtMs(scenario: (typeof scenarios)[number], doings: readonly (ScenarioInput | null)[]): number {
  let state: ScenarioState = startOf(scenario, 0);
  const due: { readonly atMs: number; readonly input: ScenarioInput }[] = [
    { atMs: 0, input: { type: 'connected' } },
  ];
  doings.forEach((input, index) => {
    if (input) due.push({ atMs: (index + 1) * 1000, input });
  });
  let lastMs = 0;
  while (due.length > 0 && !state.ended) {
    due.sort((a, b) => a.atMs - b.atMs);
    const next = due.shift();
    if (!next) break;
    lastMs = next.atMs;
    const [after, effects] = stepScenario(scenario, state, next.input, next.atMs);
    state = after;
    for (const effect of effects) {
      if (effect.do === 'say') due.push({ atMs: next.atMs + CLIP_MS, input: { type: 'clip-finished' } });
      if (effect.do === 'wake-at') due.push({ atMs: effect.atMs, input: { type: 'wake' } });
    }
  }
  return state.ended ? lastMs : Number.POSITIVE_INFINITY;
}

const doing = fc.constantFrom<ScenarioInput | null>(
  null,
  { type: 'ai-heard', text: 'I am', ended: null },
  { type: 'ai-heard', text: 'I am here.', ended: 'complete' },
  { type: 'ai-heard', text: 'I', ended: 'cut' },
  { type: 'human', started: true },
  { type: 'human', started: false },
);

describe('scripted callers', () => {
  test.each(scenarios.map(scenario => [scenario.id, scenario] as const))(
    '[TEL21] %s ends whatever the AI does',
    (_id, scenario) => {
      fc.assert(
        fc.property(fc.array(doing, { maxLength: 120 }), doings => {
          expect(endsAtMs(scenario, doings)).toBeLessThan(15 * 60_000);
        }),
        { numRuns: 200 },
      );
    },
  );

  test('[TEL22] a caller answers, cuts in, hears a person and gives up as the script says', () => {
    const find = (id: string) => scenarios.find(scenario => scenario.id === id) ?? scenarios[0];
    const saidBy = (
      id: string,
      inputs: readonly (readonly [atMs: number, input: ScenarioInput])[],
    ): string[] => {
      const scenario = find(id);
      if (!scenario) throw new Error('no scenario');
      let state = startOf(scenario, 0);
      const said: string[] = [];
      for (const [atMs, input] of inputs) {
        const [after, effects] = stepScenario(scenario, state, input, atMs);
        state = after;
        for (const effect of effects) if (effect.do === 'say') said.push(effect.clip);
        for (const effect of effects) if (effect.do === 'hang-up') said.push('(hangs up)');
      }
      return said;
    };
    const greeted: readonly (readonly [number, ScenarioInput])[] = [
      [0, { type: 'connected' }],
      [600, { type: 'wake' }],
      [3000, { type: 'ai-heard', text: 'Hello.', ended: 'complete' }],
      [3800, { type: 'wake' }],
      [6000, { type: 'clip-finished' }],
    ];
    const speaks: readonly [number, ScenarioInput] = [7000, { type: 'ai-heard', text: 'It', ended: null }];
    expect(
      saidBy('order-status', [
        ...greeted,
        speaks,
        [8000, { type: 'ai-heard', text: 'It is here.', ended: 'complete' }],
        [9000, { type: 'wake' }],
      ]),
    ).toEqual(['ask', 'more']);
    expect(saidBy('interrupts-twice', [...greeted, speaks, [8600, { type: 'wake' }]])).toEqual([
      'ask',
      'cut',
    ]);
    expect(
      saidBy('order-status', [
        ...greeted,
        [7000, { type: 'human', started: true }],
        [9000, { type: 'human', started: false }],
        [10_000, { type: 'wake' }],
      ]),
    ).toEqual(['ask', 'humanone']);
    expect(saidBy('early-hang-up', [...greeted, speaks, [9000, { type: 'wake' }]])).toEqual([
      'ask',
      '(hangs up)',
    ]);
  });

  test('[TEL25] a script that cannot work is refused when it is read, and says why', () => {
    const model = structuredClone(scenarios[0]);
    if (!model) throw new Error('no scenario');
    const node = model.nodes[model.start];
    if (!node) throw new Error('no start');
    const problems = (change: object): string => {
      const read = scenarioSchema.safeParse({ ...model, ...change });
      return read.success ? '' : read.error.issues.map(issue => issue.message).join('; ');
    };
    expect(problems({ start: 'nowhere' })).toContain('no node is called nowhere');
    expect(
      problems({ nodes: { ...model.nodes, [model.start]: { do: [{ say: 'nothing' }], then: node.then } } }),
    ).toContain('no clip is called nothing');
    expect(problems({ nodes: { ...model.nodes, [model.start]: { do: node.do, then: [] } } })).toContain(
      'can wait for ever',
    );
  });
});
