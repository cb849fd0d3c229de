import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { demoTools } from './demo-tools.ts';
import { defineTool, ToolRegistry, type ToolRun } from './tool-registry.ts';
import { wantedTools } from './wanted-tools.ts';

const clock = createVirtualClock();
let stopped = false;
const registry = new ToolRegistry([
  ...demoTools(join(import.meta.dirname, '../../resources/demo/shop.json')),
  defineTool({
    name: 'breaks',
    description: '',
    args: z.object({}),
    run: () => Promise.reject(new Error('down')),
  }),
  defineTool({
    name: 'hangs',
    description: '',
    args: z.object({}),
    run: (_args, signal) => new Promise(() => signal.addEventListener('abort', () => (stopped = true))),
  }),
]);
const run = (name: string, args: unknown, allowed: readonly string[] = [name]): Promise<ToolRun> =>
  registry.run(name, args, {
    allowed,
    deadlineMs: 1000,
    signal: new AbortController().signal,
    clock,
    newId: () => 'id',
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
    expect(await run('lookup_order', { orderNumber: '4711' }, ['get_location'])).toMatchObject({
      status: 'refused',
      facts: [],
    });
    expect(await run('lookup_order', { orderNumber: "4711'; --" })).toMatchObject({
      status: 'refused',
      facts: [],
    });
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

  test('[TOOL6] the newest order number counts, in digits or words', () => {
    const history = [{ speaker: 'caller', text: 'My order is 5120.' } as const];
    expect(wantedTools('CHECK_STATUS', 'Where is it?', history)).toEqual([
      { tool: 'lookup_order', args: { orderNumber: '5120' } },
    ]);
    expect(wantedTools('CHECK_STATUS', 'I mean four seven one one.', history)).toEqual([
      { tool: 'lookup_order', args: { orderNumber: '4711' } },
    ]);
    expect(wantedTools('CHECK_STATUS', 'Where is it?', [])).toEqual([]);
    expect(wantedTools('GET_HOURS', 'When are you open?', [])).toEqual([
      { tool: 'get_business_hours', args: {} },
    ]);
  });
});
