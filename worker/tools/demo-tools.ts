import { readMockShop } from '#worker/shop/mock/mock-shop-adapter.ts';
import { personTools } from './person-tools.ts';
import { shopTools } from './shop-tools.ts';
import type { ToolDefinition } from './tool-definition.ts';

/** The shop of the demo org. */
export const DEMO_SHOP_ID = 'larkfield';

/** The tools of the demo that need no store: a shop answered from a file, and the way to a person. */
export function demoTools(file: string): readonly ToolDefinition[] {
  return [...shopTools(readMockShop(file), DEMO_SHOP_ID), ...personTools()];
}
