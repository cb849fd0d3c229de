import { z } from 'zod';
import { callLogSchema, shopSchema } from '#shared/domain/shop.ts';
import { route, type Route } from './route.ts';

/** Routes that name no org: they answer for the one of the session (ACC15, req:I12). */
export const OWN_ORG_ROUTES = {
  ownShop: route(
    'GET',
    '/api/shops/me',
    'The shop of the own org; `null` where none is known.',
    'call.view',
    {
      result: z.object({ orgId: z.string(), shop: shopSchema.nullable() }),
    },
  ),
  ownCalls: route(
    'GET',
    '/api/calls/me',
    'What callers of the own org wanted and what came of it, newest call first.',
    'call.view',
    {
      query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
      result: z.object({ calls: z.array(z.object({ callId: z.string(), log: z.array(callLogSchema) })) }),
    },
  ),
} as const satisfies Record<string, Route>;
