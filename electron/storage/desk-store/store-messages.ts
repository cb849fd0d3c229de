import type { ErrorBody } from '#shared/errors/app-error.ts';

/** What the desk asks its store's thread, and what comes back. */
export interface StoreAsk {
  readonly id: number;
  readonly part: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type StoreAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

export interface StoreThreadOptions {
  readonly folder: string;
  readonly useVectors?: boolean;
}
