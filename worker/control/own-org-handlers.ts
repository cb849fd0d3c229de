import type { OrgId } from '#shared/domain/ids.ts';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { Shop } from '#shared/domain/shop.ts';
import { shopCallLog } from '#shared/projections/shop-call-log.ts';
import type { Store } from '#worker/store/store.ts';
import { signedIn } from './signed-in.ts';

/** The shop that an org is, from the system it runs on. */
export type ShopOf = (orgId: OrgId) => Promise<Shop | null>;

/** The routes of `own-org-routes.ts`. */
export function ownOrgHandlers(store: Pick<Store, 'conversations' | 'callEvents'>, shopOf: ShopOf) {
  return {
    ownShop: async ({ actor }: { readonly actor: Actor | null }) => {
      const { orgId } = signedIn(actor);
      return { orgId: String(orgId), shop: await shopOf(orgId) };
    },
    ownCalls: async ({
      query,
      actor,
    }: {
      readonly query: { readonly limit: number };
      readonly actor: Actor | null;
    }) => {
      const { orgId } = signedIn(actor);
      const shopId = (await shopOf(orgId))?.id ?? orgId;
      const calls = await store.conversations(orgId, callQuerySchema.parse({ limit: query.limit }));
      return {
        calls: await Promise.all(
          calls.map(async ({ id }) => ({
            callId: String(id),
            log: [...shopCallLog(await store.callEvents(id, -1), shopId)],
          })),
        ),
      };
    },
  };
}
