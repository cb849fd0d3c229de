import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOnlyShop, type ShopSystemAdapter } from '#shared/adapters/shop-system-adapter.ts';
import { sentencesFor } from '#worker/models/offline-reply-model.ts';
import { MockShopAdapter, readMockShop } from '#worker/shop/mock/mock-shop-adapter.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { toolContext } from '#tests/fakes/tool-context.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { demoTools } from './demo-tools.ts';
import { ToolRegistry } from './tool-registry.ts';
import type { ToolContext } from './tool-definition.ts';

const FILE = join(import.meta.dirname, '../../resources/demo/shop.json');
const signal = new AbortController().signal;
const registry = new ToolRegistry(demoTools(FILE));
let ids = 0;
const run = (tool: string, args: unknown = {}, context: ToolContext = toolContext()) =>
  registry.run(tool, args, {
    allowed: [tool],
    effects: 'all',
    approvedBy: [],
    context,
    deadlineMs: 1000,
    signal,
    clock: createVirtualClock(),
    newId: () => `tool-${String((ids += 1))}`,
  });
const facts = async (tool: string, args: unknown = {}, context?: ToolContext) =>
  (await run(tool, args, context)).facts.map(({ name, value }) => `${name}=${value}`);
const caller = (phone: string | null) => toolContext({ caller: { name: 'Somebody', phone } });

describe('the shop', () => {
  test('[TOOL30] an adapter that could write does not compile', () => {
    class WritingShop extends MockShopAdapter {
      saveWorkOrder(): void {
        throw new Error('never');
      }
    }
    const shop: WritingShop | null = null;
    // @ts-expect-error saveWorkOrder is no reader
    const refused = (): ShopSystemAdapter => readOnlyShop(shop as unknown as WritingShop);
    expect(refused).toBeTypeOf('function');
    expect(readOnlyShop(readMockShop(FILE)).name).toBe('mock');
  });

  test('[TOOL30] its data cannot be changed through what it hands out', async () => {
    const shop = readMockShop(FILE);
    const order = await shop.findWorkOrder('larkfield', '7001');
    expect(() => Object.assign(order ?? {}, { status: 'collected' })).toThrow(TypeError);
    expect(() => (order?.services as string[]).push('free tyres')).toThrow(TypeError);
    expect(await shop.findWorkOrder('larkfield', '7001')).toMatchObject({ status: 'ready' });
  });

  test('[TOOL31] a repair is found by its number or by the line it is asked from', async () => {
    expect(await facts('lookup_work_order', { workOrderNumber: '7002' })).toContain(
      'status=waiting-for-parts',
    );
    expect(await facts('lookup_work_order', { workOrderNumber: null })).toContain('workOrderNumber=7003');
    expect(await facts('lookup_work_order', { workOrderNumber: null }, caller('0049 30'))).toEqual([
      'found=false',
    ]);
    expect(await facts('lookup_work_order', { workOrderNumber: null }, caller(null))).toEqual([
      'found=false',
    ]);
    expect(await facts('get_customer_vehicles')).toEqual([
      'vehicle=Gazelle Cabby of 2021',
      'vehicle=Brompton C Line of 2019',
    ]);
    expect(await facts('get_customer_vehicles', {}, caller(null))).toEqual([]);
    expect((await run('get_customer_vehicles', { phone: '+49 30 5550 143' })).status).toBe('refused');
    const readers = await readMockShop(FILE).findWorkOrder('larkfield-wheels', '7001');
    expect(readers).toBeNull();
  });

  test('[TOOL32] what the shop knows is answered in a sentence that cites its tool', async () => {
    const answer = async (tool: string, args: unknown = {}) => {
      const ran = await run(tool, args);
      return sentencesFor({
        callerText: '',
        intent: 'CHECK_STATUS',
        history: [],
        hits: [],
        tools: [ran],
        notes: [],
        rephrase: null,
      })[0];
    };
    expect(await answer('get_business_hours')).toMatchObject({
      text: expect.stringContaining('9 to 18') as unknown,
    });
    expect(await answer('get_location')).toMatchObject({
      text: expect.stringContaining('12 Harbour Lane') as unknown,
    });
    expect((await answer('list_services'))?.text).toMatch(/^We offer delivery/u);
    const repair = await answer('lookup_work_order', { workOrderNumber: '7001' });
    expect(repair?.text).toBe('Repair 7001, the Gazelle Cabby, is ready and can be collected.');
    expect(repair?.citations[0]).toMatchObject({
      kind: 'tool',
      title: 'lookup_work_order',
      quote: repair?.text,
    });
    expect((await answer('lookup_work_order', { workOrderNumber: '7999' }))?.text).toBe(
      'I cannot find a repair with the number 7999.',
    );
    expect(await facts('get_work_order_status', { workOrderNumber: '7001' })).toContain('status=ready');
  });

  test('[TOOL33] supervisors are told once of a caller who wants a person', async () => {
    const written: CallEventDraft[] = [];
    const context = toolContext({ append: draft => void written.push(draft) });
    const reason = { reason: 'asks for a person' };
    expect(await facts('transfer_to_human', reason, context)).toEqual(['handoff=asked']);
    expect(await facts('transfer_to_human', reason, context)).toEqual(['handoff=asked-before']);
    expect(written).toEqual([
      { type: 'call.transfer-requested', target: 'a supervisor', by: 'ai', outcome: null },
    ]);
  });
});
