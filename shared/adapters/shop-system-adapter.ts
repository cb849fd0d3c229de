import type { Shop, ShopOrder, Vehicle, WorkOrder } from '#shared/domain/shop.ts';

/**
 * The system a shop runs on, as the AI may see it: it looks, and never writes back (req:K14). Rejects with an error when the
 * system does not answer; what is not there is `null` or an empty list.
 */
export interface ShopSystemAdapter {
  /** Shown in the audit, such as `mock`. */
  readonly name: string;
  getShop(shopId: string, signal: AbortSignal): Promise<Shop | null>;
  findOrder(shopId: string, orderNumber: string, signal: AbortSignal): Promise<ShopOrder | null>;
  findWorkOrder(shopId: string, workOrderNumber: string, signal: AbortSignal): Promise<WorkOrder | null>;
  /** Newest first. */
  findWorkOrders(
    shopId: string,
    customer: { readonly phone: string },
    signal: AbortSignal,
  ): Promise<readonly WorkOrder[]>;
  listVehicles(
    shopId: string,
    customer: { readonly phone: string },
    signal: AbortSignal,
  ): Promise<readonly Vehicle[]>;
}

type ReaderName = 'name' | `get${string}` | `find${string}` | `list${string}`;

/** The adapter itself, or an error that names the method that could write (TOOL30). */
export type ReadOnly<Adapter> = [Exclude<keyof Adapter, ReaderName>] extends [never]
  ? Adapter
  : { readonly 'shop systems are read-only, this is not a reader': Exclude<keyof Adapter, ReaderName> };

/** Takes a shop system only if all it can do is read. Does nothing at run time. */
export function readOnlyShop<Adapter extends ShopSystemAdapter>(
  adapter: Adapter & ReadOnly<Adapter>,
): ShopSystemAdapter {
  return adapter;
}
