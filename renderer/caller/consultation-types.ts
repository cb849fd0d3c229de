import type { ConsultationType } from '#shared/domain/rooms.ts';

/** The schema would bring its library along; this page needs four words. */
const TYPES = {
  quote: true,
  claims: true,
  support: true,
  training: true,
} as const satisfies Record<ConsultationType, true>;

/** @returns the type that a form field names; `support` for whatever else */
export function consultationTypeOf(value: unknown): ConsultationType {
  return typeof value === 'string' && Object.hasOwn(TYPES, value) ? (value as ConsultationType) : 'support';
}
