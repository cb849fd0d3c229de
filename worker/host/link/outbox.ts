/** What a host has told control of its log. */
export interface Outbox {
  /** Sent up to here on this connection; null while control has not said from where. */
  readonly sent: number | null;
  /** On control's disk up to here: the spool may forget it. */
  readonly acked: number;
  readonly head: number;
}

export type OutboxInput =
  | { readonly type: 'appended'; readonly position: number }
  | { readonly type: 'connected' | 'closed' }
  | { readonly type: 'asked'; readonly after: number }
  | { readonly type: 'acked'; readonly position: number };

export interface OutboxStep {
  readonly outbox: Outbox;
  /** Entries to send: after `after`, up to and including `through`. */
  readonly send: { readonly after: number; readonly through: number } | null;
  /** The spool may forget entries up to here. */
  readonly forget: number | null;
}

export const emptyOutbox = (head: number): Outbox => ({ sent: null, acked: -1, head });

/** Sends what is new as it comes, and everything from where control asks. Pure; see `stepInbox` for the other side. */
export function stepOutbox(outbox: Outbox, input: OutboxInput): OutboxStep {
  switch (input.type) {
    case 'appended': {
      const next = { ...outbox, head: Math.max(outbox.head, input.position) };
      return next.sent === null || next.sent >= next.head ? quiet(next) : sendFrom(next, next.sent);
    }
    case 'connected':
    case 'closed':
      return quiet({ ...outbox, sent: null });
    case 'asked':
      return sendFrom(outbox, Math.min(input.after, outbox.head));
    case 'acked': {
      const acked = Math.min(outbox.head, Math.max(outbox.acked, input.position));
      return { outbox: { ...outbox, acked }, send: null, forget: acked > outbox.acked ? acked : null };
    }
  }
}

const quiet = (outbox: Outbox): OutboxStep => ({ outbox, send: null, forget: null });

function sendFrom(outbox: Outbox, after: number): OutboxStep {
  const through = outbox.head;
  return {
    outbox: { ...outbox, sent: through },
    send: after < through ? { after, through } : null,
    forget: null,
  };
}
