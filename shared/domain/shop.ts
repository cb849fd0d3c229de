import { z } from 'zod';
import { intentSchema } from './call.ts';

/** One shop of an org (req:K4). Texts are spoken as they stand. */
export const shopSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  phone: z.string(),
  hours: z.string().min(1),
  services: z.array(z.string().min(1)),
  address: z.string().min(1),
  settings: z.record(z.string(), z.string()),
});
export type Shop = Readonly<z.infer<typeof shopSchema>>;

export const vehicleSchema = z.strictObject({
  id: z.string().min(1),
  make: z.string(),
  model: z.string(),
  year: z.number().int(),
});
export type Vehicle = Readonly<z.infer<typeof vehicleSchema>>;

export const WORK_ORDER_STATUSES = [
  'received',
  'in-progress',
  'waiting-for-parts',
  'ready',
  'collected',
] as const;

/** Something left for repair (req:K5). */
export const workOrderSchema = z.strictObject({
  id: z.string().regex(/^\d{4}$/u),
  shopId: z.string(),
  customerName: z.string(),
  customerPhone: z.string(),
  vehicle: vehicleSchema,
  status: z.enum(WORK_ORDER_STATUSES),
  services: z.array(z.string()),
  /** One sentence for the caller. */
  detail: z.string().min(1),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type WorkOrder = Readonly<z.infer<typeof workOrderSchema>>;

/** One order of goods. */
export const shopOrderSchema = z.strictObject({
  orderNumber: z.string().regex(/^\d{4}$/u),
  item: z.string(),
  status: z.string(),
  detail: z.string().min(1),
});
export type ShopOrder = Readonly<z.infer<typeof shopOrderSchema>>;

/** What a caller wanted, and what came of it (req:K6). */
export const callLogSchema = z.strictObject({
  id: z.string(),
  shopId: z.string(),
  timestampMs: z.number(),
  intent: intentSchema,
  toolCalled: z.string().nullable(),
  result: z.enum(['ok', 'error', 'timeout', 'refused']).nullable(),
  confidenceRatio: z.number(),
  durationMs: z.number().nonnegative(),
  outcome: z.enum(['answered', 'stopped', 'taken-over', 'not-answered']),
});
export type CallLog = Readonly<z.infer<typeof callLogSchema>>;
