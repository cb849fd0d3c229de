import { randomBytes, randomUUID } from 'node:crypto';
import type { AuditFact } from '#shared/domain/audit-chain.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { AccessRow } from '#worker/store/store.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { sha256 } from './sha256.ts';

/** The chain of one call's log: every event of it, in the groups it was written in. */
export const callDevice = (callId: CallId): string => `call.${callId}`;
/** The chain of one worker for one org: accesses, and each call's log as it was when the call ended. */
export const workerDevice = (name: string): string => `worker.${name}`;
/** Chains that a worker writes itself; no desk may send a frame of one. */
export const isOwnDevice = (deviceId: string): boolean => /^(?:call|worker)\./u.test(deviceId);
export const callOfDevice = (deviceId: string): CallId | null =>
  deviceId.startsWith('call.') ? (deviceId.slice('call.'.length) as CallId) : null;

/** `call.log`: hashes of events in a row, from `from` on. */
export interface LoggedEvents {
  readonly from: number;
  readonly sha256: readonly string[];
}

/** `call.sealed`: a call ended, and this was the head of its chain. A shortened chain contradicts it. */
export interface SealedCall {
  readonly callId: CallId;
  readonly seq: number;
  readonly hash: string;
}

/** `call.erased`: words were taken out, and this is what the log says since, over all of its events. */
export interface ErasedLog {
  readonly sha256: string;
}

/** @param texts every event of the log as it is kept, in order */
export const erasedDigest = (texts: readonly string[]): string =>
  sha256(JSON.stringify(texts.map(text => sha256(text))));

/** What goes on record, with a salt of its own. */
export function newFact(kind: string, payload: unknown, atMs: number): AuditFact {
  return {
    eventId: randomUUID(),
    atMs: Math.round(atMs),
    kind,
    payload: canonicalJson(payload),
    salt: randomBytes(12).toString('base64url'),
  };
}

/** An access row as it is chained and compared: the same text from every database. */
export function accessText({ id, orgId, userId, action, outcome, atMs, payload }: AccessRow): string {
  return canonicalJson({ id, orgId, userId, action, outcome, atMs: Math.round(atMs), payload });
}

/** Which event of a group of one call is chained. */
export interface ChainedEvent {
  readonly orgId: OrgId;
  readonly callId: CallId;
  readonly seq: number;
  readonly sha256: string;
  readonly isEnd: boolean;
}

/** Events in a row of one call become one entry; a gap in `seq` begins another. */
export function inRows(events: readonly ChainedEvent[]): readonly (readonly ChainedEvent[])[] {
  const open = new Map<CallId, ChainedEvent[]>();
  const rows: ChainedEvent[][] = [];
  for (const event of events) {
    const row = open.get(event.callId);
    if (row?.at(-1)?.seq === event.seq - 1) row.push(event);
    else {
      const begun = [event];
      open.set(event.callId, begun);
      rows.push(begun);
    }
  }
  return rows;
}

export const chainedEvent = (event: CallEvent, text: string): ChainedEvent => ({
  orgId: event.orgId,
  callId: event.conversationId,
  seq: event.seq,
  sha256: sha256(text),
  isEnd: event.type === 'call.ended',
});
