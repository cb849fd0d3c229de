import type { Store } from '#worker/store/store.ts';

/** One rule of a store; its title carries the rule. */
export interface StoreCase {
  readonly title: string;
  run(store: Store): Promise<void>;
}

/** Runs a case on a store of its own. */
export async function runCase({ run }: Pick<StoreCase, 'run'>, open: () => Promise<Store>): Promise<void> {
  const store = await open();
  await run(store);
  await store.close();
}

/** Whether the cases of the rule that a sabotaged store breaks fail on it, each on a store of its own. */
export async function isNoticed(
  cases: readonly StoreCase[],
  { breaks, bend }: { readonly breaks: string; readonly bend: (store: Store) => object },
  open: () => Promise<Store>,
): Promise<boolean> {
  let noticed = false;
  for (const { run } of cases.filter(({ title }) => title.startsWith(`[${breaks}]`))) {
    const store = await open();
    await run({ ...store, ...bend(store) }).catch(() => (noticed = true));
    await store.close();
  }
  return noticed;
}
