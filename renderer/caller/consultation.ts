import type { ConsultationType } from '#shared/domain/rooms.ts';
import type { Failure } from './caller-state.ts';

/** Where the caller's call is. */
export interface Consultation {
  readonly url: string;
  readonly token: string;
}

export type ConsultationAnswer =
  { readonly ok: true; readonly value: Consultation } | { readonly ok: false; readonly why: Failure };

const TIMEOUT_MS = 15_000;

/** Asks the worker for a call of this kind. Never rejects. */
export async function openConsultation(type: ConsultationType, name: string): Promise<ConsultationAnswer> {
  try {
    const response = await fetch('/api/livekit/consultation', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type, name }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return { ok: false, why: failureOf(response.status) };
    const value = readConsultation(await response.json());
    return value ? { ok: true, value } : { ok: false, why: 'closed' };
  } catch {
    return { ok: false, why: 'network' };
  }
}

const failureOf = (status: number): Failure => (status === 429 ? 'too-often' : 'closed');

/** The page is small: these two fields are all it needs of `consultationSchema`. */
export function readConsultation(answer: unknown): Consultation | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { url, token } = answer as Record<string, unknown>;
  const isRoom = typeof url === 'string' && /^wss?:\/\//u.test(url) && typeof token === 'string';
  return isRoom && token !== '' ? { url, token } : null;
}
