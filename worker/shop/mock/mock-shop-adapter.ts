import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ShopSystemAdapter } from '#shared/adapters/shop-system-adapter.ts';
import {
  shopOrderSchema,
  shopSchema,
  vehicleSchema,
  workOrderSchema,
  type Shop,
  type ShopOrder,
  type Vehicle,
  type WorkOrder,
} from '#shared/domain/shop.ts';

const sampleSchema = z.strictObject({
  shops: z.array(shopSchema).min(1),
  orders: z.array(shopOrderSchema),
  workOrders: z.array(workOrderSchema),
  customers: z.array(
    z.strictObject({ name: z.string(), phone: z.string(), vehicles: z.array(vehicleSchema) }),
  ),
});
type Sample = z.infer<typeof sampleSchema>;

/** A shop system answered from a file of sample data (req:K10). Its data is frozen: nobody can write, not even by mistake. */
export class MockShopAdapter implements ShopSystemAdapter {
  readonly name = 'mock';
  readonly #sample: Sample;

  constructor(sample: unknown) {
    this.#sample = frozen(sampleSchema.parse(sample));
  }

  getShop(shopId: string): Promise<Shop | null> {
    return found(this.#sample.shops.find(shop => shop.id === shopId));
  }

  findOrder(_shopId: string, orderNumber: string): Promise<ShopOrder | null> {
    return found(this.#sample.orders.find(order => order.orderNumber === orderNumber));
  }

  findWorkOrder(shopId: string, workOrderNumber: string): Promise<WorkOrder | null> {
    return found(
      this.#sample.workOrders.find(order => order.shopId === shopId && order.id === workOrderNumber),
    );
  }

  findWorkOrders(shopId: string, { phone }: { readonly phone: string }): Promise<readonly WorkOrder[]> {
    const theirs = this.#sample.workOrders.filter(
      order => order.shopId === shopId && samePhone(order.customerPhone, phone),
    );
    return Promise.resolve(theirs.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt)));
  }

  listVehicles(_shopId: string, { phone }: { readonly phone: string }): Promise<readonly Vehicle[]> {
    const customer = this.#sample.customers.find(candidate => samePhone(candidate.phone, phone));
    return Promise.resolve(customer?.vehicles ?? []);
  }
}

/** The sample data of a file. Throws when it does not fit its schema. */
export function readMockShop(file: string): MockShopAdapter {
  return new MockShopAdapter(JSON.parse(readFileSync(file, 'utf8')));
}

const found = <Value>(value: Value | undefined): Promise<Value | null> => Promise.resolve(value ?? null);

/** Numbers are written in many ways; an empty one is nobody's. */
function samePhone(a: string, b: string): boolean {
  const digits = (phone: string): string => phone.replaceAll(/\D/gu, '');
  return digits(a) !== '' && digits(a) === digits(b);
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}
