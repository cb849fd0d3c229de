import type { Store } from '#worker/store/store.ts';

/** One rule of a store; its title carries the rule. */
export interface StoreCase {
  readonly title: string;
  run(store: Store): Promise<void>;
}
