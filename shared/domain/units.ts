import { z } from 'zod';

declare const brand: unique symbol;
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Wall clock, milliseconds since 1970 UTC. Store it, show it, never subtract two of them to measure. */
export type EpochMs = Brand<number, 'EpochMs'>;

/** Monotonic clock of one process, milliseconds. Subtract it, never store or send it. */
export type MonoMs = Brand<number, 'MonoMs'>;

export const epochMsSchema = z.number().nonnegative() as unknown as z.ZodType<EpochMs, number>;
