import { erased, type AuditEntry } from '#shared/domain/audit-chain.ts';
import { MAX_PAYLOAD_CHARS } from '#shared/protocol/audit.ts';
import type { ParkedEntry } from '#shared/adapters/audit-book.ts';

/** Why no database would give this text back as it is, or `null`. */
function poison(payload: string): ParkedEntry['reason'] | null {
  if (payload.length > MAX_PAYLOAD_CHARS) return 'too-long';
  return payload.includes('\0') || !payload.isWellFormed() ? 'not-text' : null;
}

export interface Parking {
  readonly kept: readonly AuditEntry[];
  readonly parked: readonly Omit<ParkedEntry, 'deviceId' | 'epoch'>[];
}

/** Sets aside what an entry says where it cannot be kept; its leaf stays in the chain, and all behind it arrives (SYN14). */
export function parkPoison(entries: readonly AuditEntry[]): Parking {
  const parked: Omit<ParkedEntry, 'deviceId' | 'epoch'>[] = [];
  const kept = entries.map(entry => {
    const reason = entry.payload === null ? null : poison(entry.payload);
    if (reason === null) return entry;
    // JSON escapes what is no text, so that the copy is whole.
    parked.push({ seq: entry.seq, reason, raw: JSON.stringify(entry) });
    return erased(entry);
  });
  return { kept, parked };
}
