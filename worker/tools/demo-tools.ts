import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defineTool, type ToolDefinition } from './tool-registry.ts';

const demoShopSchema = z.object({
  orders: z.array(
    z.object({ orderNumber: z.string(), item: z.string(), status: z.string(), detail: z.string() }),
  ),
  hours: z.string(),
  location: z.string(),
  services: z.array(z.string()),
});

/** The tools of the demo shop, answered from a file. Nothing is ever written back (req:K14). */
export function demoTools(file: string): readonly ToolDefinition[] {
  const shop = demoShopSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return [
    defineTool({
      name: 'lookup_order',
      description: 'Status of one order by its number.',
      args: z.object({ orderNumber: z.string().regex(/^\d{4}$/) }),
      run: ({ orderNumber }) => {
        const order = shop.orders.find(candidate => candidate.orderNumber === orderNumber);
        return Promise.resolve(
          order
            ? [
                { name: 'orderNumber', value: orderNumber },
                { name: 'item', value: order.item },
                { name: 'status', value: order.status },
                { name: 'detail', value: order.detail },
              ]
            : [
                { name: 'orderNumber', value: orderNumber },
                { name: 'status', value: 'unknown' },
              ],
        );
      },
    }),
    defineTool({
      name: 'get_business_hours',
      description: 'Opening hours of the shop and the phone line.',
      args: z.object({}),
      run: () => Promise.resolve([{ name: 'hours', value: shop.hours }]),
    }),
    defineTool({
      name: 'get_location',
      description: 'Where the shop is.',
      args: z.object({}),
      run: () => Promise.resolve([{ name: 'location', value: shop.location }]),
    }),
    defineTool({
      name: 'list_services',
      description: 'Services the shop offers.',
      args: z.object({}),
      run: () => Promise.resolve([{ name: 'services', value: shop.services.join(', ') }]),
    }),
  ];
}
