import { join } from 'node:path';
import type { OrgId } from '#shared/domain/ids.ts';
import type { ShopOf } from '#worker/control/own-org-handlers.ts';
import { readMockShop } from '#worker/shop/mock/mock-shop-adapter.ts';
import { RESOURCES } from './resources.ts';

/** The org of the demo and of a desktop without accounts. */
export const DEMO_ORG_ID = 'org-larkfield' as OrgId;

/** The shop that the demo's org is; other orgs have none. */
export function demoShopOf(): ShopOf {
  const shops = readMockShop(join(RESOURCES, 'demo/shop.json'));
  return orgId => (orgId === DEMO_ORG_ID ? shops.getShop('larkfield') : Promise.resolve(null));
}
