import type { CallId } from '#shared/domain/ids.ts';
import type { CallerTraces } from '#shared/domain/person-query.ts';

/** One row that names a caller: of the call itself, or of a ticket of it. */
export interface TraceRow {
  readonly callId: CallId;
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
}

/** All that is known of the caller of each call; the same for every store. */
export function gatherTraces(rows: readonly TraceRow[]): readonly CallerTraces[] {
  const calls = new Map<CallId, { names: string[]; phones: string[]; emails: string[] }>();
  for (const { callId, name, phone, email } of rows) {
    const traces = calls.get(callId) ?? { names: [], phones: [], emails: [] };
    calls.set(callId, traces);
    if (name !== null) traces.names.push(name);
    if (phone !== null) traces.phones.push(phone);
    if (email !== null) traces.emails.push(email);
  }
  return [...calls].map(([callId, traces]) => ({ callId, ...traces }));
}
