/** Longest rest of a provider that keeps failing. */
const LONGEST_REST_MS = 60_000;

/** What is known of each provider of one role, in the order of choice. */
export interface SpareOrder {
  readonly providers: readonly { readonly failures: number; readonly restsUntilMono: number }[];
}

export type SpareInput =
  | { readonly type: 'failed'; readonly index: number; readonly nowMono: number; readonly restMs: number }
  | { readonly type: 'worked'; readonly index: number };

export function newSpareOrder(count: number): SpareOrder {
  return { providers: Array.from({ length: count }, () => ({ failures: 0, restsUntilMono: 0 })) };
}

/** A failure is followed by a rest that doubles each time; the first success forgets them all (PRO22). Pure. */
export function stepSpareOrder(order: SpareOrder, input: SpareInput): SpareOrder {
  return {
    providers: order.providers.map((provider, index) => {
      if (index !== input.index) return provider;
      if (input.type === 'worked') return { failures: 0, restsUntilMono: 0 };
      const restMs = Math.min(LONGEST_REST_MS, input.restMs * 2 ** provider.failures);
      return { failures: provider.failures + 1, restsUntilMono: input.nowMono + restMs };
    }),
  };
}

/** Whom to ask now, first choice first. The last provider never rests: it is the one that always answers (PRO3). */
export function candidates({ providers }: SpareOrder, nowMono: number): readonly number[] {
  return providers.flatMap(({ restsUntilMono }, index) =>
    restsUntilMono <= nowMono || index === providers.length - 1 ? [index] : [],
  );
}
