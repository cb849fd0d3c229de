import type { ListedCall } from '#shared/domain/call-list.ts';
import type { AuditFrame } from '#shared/domain/audit-upload.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type {
  KnowledgeChanges,
  PushAnswer,
  SavedRevision,
  SnapshotManifest,
} from '#shared/protocol/knowledge.ts';
import type { ReceivedAnswer } from '#electron/storage/desk-store/audit-ledger.ts';

/** What the sync asks of a worker. Each is one request; each rejects with an `AppError`. */
export interface SyncApi {
  changes(after: number, limit: number): Promise<KnowledgeChanges>;
  push(revisions: readonly SavedRevision[]): Promise<PushAnswer>;
  sendFrame(frame: AuditFrame): Promise<ReceivedAnswer>;
  snapshot(): Promise<SnapshotManifest>;
  snapshotPart(sha256: string): Promise<Uint8Array>;
  recentCalls(limit: number): Promise<readonly ListedCall[]>;
  /** Calls whose caller was erased. */
  erasedCalls(): Promise<readonly string[]>;
  callEvents(callId: string): Promise<readonly CallEvent[]>;
}
