import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toolContext } from '#tests/fakes/tool-context.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { demoTools } from './demo-tools.ts';
import { defineTool, type ToolDefinition } from './tool-definition.ts';
import { ToolRegistry, type ToolRun, type ToolRunOptions } from './tool-registry.ts';
import { wantedTools } from './wanted-tools.ts';

const clock = createVirtualClock();
let stopped = false;
const none = z.strictObject({});
const odd = (name: string, run: ToolDefinition['run'], more: Partial<ToolDefinition> = {}): ToolDefinition =>
  defineTool({
    name,
    description: name,
    effect: 'reads',
    input: none,
    output: none,
    facts: () => [],
    run,
    ...more,
  });
let changed = 0;
const registry = new ToolRegistry(
  [
    ...demoTools(join(import.meta.dirname, '../../resources/demo/shop.json')),
    odd('breaks', () => Promise.reject(new Error('down'))),
    odd(
      'hangs',
      (_input, _context, signal) =>
        new Promise(() => signal.addEventListener('abort', () => (stopped = true))),
    ),
    odd('lies', () => Promise.resolve({ price: 'free' }), {
      output: z.strictObject({ price: z.number() }),
      facts: () => [{ name: 'price', value: 'free' }],
    }),
    odd('changes', () => Promise.resolve(void (changed += 1)), { effect: 'changes', output: z.undefined() }),
    odd('dangerous', () => Promise.resolve(void (changed += 1)), {
      effect: 'changes',
      output: z.undefined(),
    }),
  ],
  ['dangerous'],
);
const run = (name: string, args: unknown, more: Partial<ToolRunOptions> = {}): Promise<ToolRun> =>
  registry.run(name, args, {
    allowed: [name],
    effects: 'all',
    approvedBy: [],
    context: toolContext(),
    deadlineMs: 1000,
    signal: new AbortController().signal,
    clock,
    newId: () => 'id',
    ...more,
  });

describe('tools', () => {
  test('[TOOL1] an answer, a failure, a refusal and a time-out are all outcomes', async () => {
    expect(
      (await run('lookup_order', { orderNumber: '4711' })).facts.find(fact => fact.name === 'detail')?.value,
    ).toContain('4711');
    expect((await run('lookup_order', { orderNumber: '9999' })).facts).toContainEqual({
      name: 'status',
      value: 'unknown',
    });
    expect(await run('breaks', {})).toMatchObject({ status: 'error', facts: [] });
    expect(await run('no-such-tool', {})).toMatchObject({ status: 'refused' });
  });

  test('[TOOL2][TOOL3] what is not allowed or not understood is not run', async () => {
    const notAllowed = await run('lookup_order', { orderNumber: '4711' }, { allowed: ['get_location'] });
    expect(notAllowed).toMatchObject({ status: 'refused', facts: [] });
    for (const args of [{ orderNumber: "4711'; --" }, { orderNumber: '4711', all: true }, {}, null, 'x'])
      expect(await run('lookup_order', args)).toMatchObject({ status: 'refused', facts: [] });
  });

  test('[TOOL4] a run is hashed and its copy is redacted', async () => {
    const ran = await run('lookup_order', { orderNumber: '4111 1111 1111 1111' });
    expect(ran.requestHash).toMatch(/^[0-9a-f]{64}$/u);
    expect(ran.redactedRequest).not.toContain('1111');
    expect((await run('get_location', {})).requestHash).toBe((await run('get_location', {})).requestHash);
  });

  test('[TOOL5] a tool that takes too long times out and is told to stop', async () => {
    const running = run('hangs', {});
    await clock.advanceAsync(1000);
    expect(await running).toMatchObject({ status: 'timeout', latencyMs: 1000 });
    expect(stopped).toBe(true);
  });

  test('[TOOL21] a result that does not fit its own schema is an error without facts', async () => {
    expect(await run('lies', {})).toMatchObject({ status: 'error', facts: [] });
  });

  test('[TOOL26] a draft changes nothing', async () => {
    expect(await run('changes', {}, { effects: 'reads' })).toMatchObject({ status: 'refused' });
    expect(changed).toBe(0);
    expect(await run('changes', {})).toMatchObject({ status: 'ok' });
    expect(changed).toBe(1);
  });

  test('[TOOL40] the registry itself runs nothing that needs two people without two different ones', async () => {
    const before = changed;
    for (const approvedBy of [[], ['maya'], ['maya', 'maya']])
      expect(await run('dangerous', {}, { approvedBy })).toMatchObject({ status: 'refused' });
    expect(changed).toBe(before);
    expect(await run('dangerous', {}, { approvedBy: ['maya', 'jun'] })).toMatchObject({ status: 'ok' });
    expect(registry.needsPeople('dangerous', {}, { allowed: ['dangerous'], effects: 'all' })).toBe(true);
    expect(registry.needsPeople('dangerous', {}, { allowed: [], effects: 'all' })).toBe(false);
    expect(registry.needsPeople('dangerous', {}, { allowed: ['dangerous'], effects: 'reads' })).toBe(false);
  });

  test('[TOOL6] a ticket is about what stands beside the wish, or what came before it', () => {
    const history = [{ speaker: 'caller', text: 'My lamp came broken.' } as const];
    const subject = (text: string) =>
      (wantedTools('OPEN_TICKET', text, history)[0]?.args as { readonly subject: string }).subject;
    expect(subject('Can you please open a ticket for that?')).toBe('My lamp came broken.');
    expect(subject('Please open a ticket for my chair.')).toBe('Please open a ticket for my chair.');
    expect(wantedTools('OPEN_TICKET', 'Please open a ticket.', [])[0]).toMatchObject({
      tool: 'create_ticket',
      args: { priority: 'normal', subject: 'Please open a ticket.' },
    });
  });

  test('[TOOL6] the newest order number counts, in digits or words', () => {
    const history = [{ speaker: 'caller', text: 'My order is 5120.' } as const];
    const lookup = (orderNumber: string) => [{ tool: 'lookup_order', args: { orderNumber } }];
    expect(wantedTools('CHECK_STATUS', 'Where is it?', history)).toEqual(lookup('5120'));
    expect(wantedTools('CHECK_STATUS', 'I mean four seven one one.', history)).toEqual(lookup('4711'));
    expect(wantedTools('CHECK_STATUS', 'Where is it?', [])).toEqual([]);
    expect(wantedTools('GET_HOURS', 'When are you open?', [])).toEqual([
      { tool: 'get_business_hours', args: {} },
    ]);
    expect(wantedTools('CHECK_STATUS', 'Is my bike ready?', [])).toEqual([
      { tool: 'lookup_work_order', args: { workOrderNumber: null } },
    ]);
  });
});
