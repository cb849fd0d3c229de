import { z } from 'zod';
import type { ShopSystemAdapter } from '#shared/adapters/shop-system-adapter.ts';
import { vehicleSchema, WORK_ORDER_STATUSES, type WorkOrder } from '#shared/domain/shop.ts';
import { defineTool, type ToolDefinition, type ToolFact } from './tool-definition.ts';

const orderNumber = z.string().regex(/^\d{4}$/u);
const workOrderAnswer = z.strictObject({
  workOrderNumber: z.string(),
  found: z.boolean(),
  status: z.enum(WORK_ORDER_STATUSES).nullable(),
  detail: z.string().nullable(),
});
const nothing = z.strictObject({});

/** The tools of a shop, over whatever system it runs on (req:L17). All of them read (req:K14). */
export function shopTools(shop: ShopSystemAdapter, shopId: string): readonly ToolDefinition[] {
  const ours = async (signal: AbortSignal) => {
    const found = await shop.getShop(shopId, signal);
    if (!found) throw new Error('the shop is not known to its own system');
    return found;
  };
  return [
    defineTool({
      name: 'lookup_order',
      description: 'Status of one order by its number.',
      effect: 'reads',
      input: z.strictObject({ orderNumber }),
      output: z.strictObject({
        orderNumber: z.string(),
        status: z.string(),
        item: z.string().nullable(),
        detail: z.string().nullable(),
      }),
      run: async ({ orderNumber: wanted }, _context, signal) => {
        const order = await shop.findOrder(shopId, wanted, signal);
        return {
          orderNumber: wanted,
          item: order?.item ?? null,
          status: order?.status ?? 'unknown',
          detail: order?.detail ?? null,
        };
      },
      facts: scalars,
    }),
    defineTool({
      name: 'lookup_work_order',
      description: 'One repair by its number, or the newest repair of the caller when no number is given.',
      effect: 'reads',
      input: z.strictObject({ workOrderNumber: orderNumber.nullable() }),
      output: workOrderAnswer,
      run: async ({ workOrderNumber }, { caller }, signal) => {
        if (workOrderNumber !== null)
          return workOrderFacts(workOrderNumber, await shop.findWorkOrder(shopId, workOrderNumber, signal));
        // Only the number the line gave: a caller cannot ask for somebody else's by saying theirs (TOOL31).
        const phone = caller.phone ?? '';
        const [newest] = phone === '' ? [] : await shop.findWorkOrders(shopId, { phone }, signal);
        return workOrderFacts(newest?.id ?? '', newest ?? null);
      },
      facts: scalars,
    }),
    defineTool({
      name: 'get_work_order_status',
      description: 'Only the status of one repair by its number.',
      effect: 'reads',
      input: z.strictObject({ workOrderNumber: orderNumber }),
      output: workOrderAnswer.pick({ workOrderNumber: true, found: true, status: true }),
      run: async ({ workOrderNumber }, _context, signal) => {
        const order = await shop.findWorkOrder(shopId, workOrderNumber, signal);
        return { workOrderNumber, found: order !== null, status: order?.status ?? null };
      },
      facts: scalars,
    }),
    defineTool({
      name: 'get_business_hours',
      description: 'Opening hours of the shop and the phone line.',
      effect: 'reads',
      input: nothing,
      output: z.strictObject({ hours: z.string() }),
      run: async (_input, _context, signal) => ({ hours: (await ours(signal)).hours }),
      facts: scalars,
    }),
    defineTool({
      name: 'get_location',
      description: 'Where the shop is.',
      effect: 'reads',
      input: nothing,
      output: z.strictObject({ location: z.string() }),
      run: async (_input, _context, signal) => ({ location: (await ours(signal)).address }),
      facts: scalars,
    }),
    defineTool({
      name: 'list_services',
      description: 'Services the shop offers.',
      effect: 'reads',
      input: nothing,
      output: z.strictObject({ services: z.array(z.string()) }),
      run: async (_input, _context, signal) => ({ services: [...(await ours(signal)).services] }),
      facts: ({ services }) => [{ name: 'services', value: services.join(', ') }],
    }),
    defineTool({
      name: 'get_customer_vehicles',
      description: 'Vehicles of the caller that the shop knows.',
      effect: 'reads',
      input: nothing,
      output: z.strictObject({ vehicles: z.array(vehicleSchema) }),
      run: async (_input, { caller }, signal) => ({
        vehicles:
          caller.phone === null
            ? []
            : [...(await shop.listVehicles(shopId, { phone: caller.phone }, signal))],
      }),
      facts: ({ vehicles }) =>
        vehicles.map(({ make, model, year }) => ({
          name: 'vehicle',
          value: `${make} ${model} of ${String(year)}`,
        })),
    }),
  ];
}

function workOrderFacts(workOrderNumber: string, order: WorkOrder | null) {
  return {
    workOrderNumber,
    found: order !== null,
    status: order?.status ?? null,
    detail: order?.detail ?? null,
  };
}

/** Every field that has a value, as it is. */
function scalars(output: Readonly<Record<string, string | boolean | null>>): readonly ToolFact[] {
  return Object.entries(output)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => ({ name, value: String(value) }));
}
