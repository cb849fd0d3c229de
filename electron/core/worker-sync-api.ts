import type { AuditFrame } from '#shared/domain/audit-upload.ts';
import type { ListedCall } from '#shared/domain/call-list.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { erasedCallsSchema } from '#shared/protocol/privacy.ts';
import { frameAnswerSchema } from '#shared/protocol/audit.ts';
import {
  knowledgeChangesSchema,
  pushAnswerSchema,
  snapshotManifestSchema,
  type KnowledgeChanges,
  type PushAnswer,
  type SavedRevision,
  type SnapshotManifest,
} from '#shared/protocol/knowledge.ts';
import type { ReceivedAnswer } from '#electron/storage/desk-store/audit-ledger.ts';
import type { SyncApi } from '#electron/sync/sync-api.ts';
import type { WorkerApi } from './worker-api.ts';

/** Runs one question with the session of now. */
export type AskWorker = <Result>(question: (api: WorkerApi) => Promise<Result>) => Promise<Result>;

/** The worker's routes as the sync asks them. */
export class WorkerSyncApi implements SyncApi {
  readonly #ask: AskWorker;

  constructor(ask: AskWorker) {
    this.#ask = ask;
  }

  changes(after: number, limit: number): Promise<KnowledgeChanges> {
    const path = `/api/knowledge/changes?after=${String(after)}&limit=${String(limit)}`;
    return this.#ask(api => api.get(path, knowledgeChangesSchema));
  }

  push(revisions: readonly SavedRevision[]): Promise<PushAnswer> {
    return this.#ask(api => api.post('/api/knowledge/revisions', { revisions }, pushAnswerSchema));
  }

  sendFrame(frame: AuditFrame): Promise<ReceivedAnswer> {
    return this.#ask(api => api.post('/api/audit/frames', frame, frameAnswerSchema));
  }

  snapshot(): Promise<SnapshotManifest> {
    return this.#ask(api => api.get('/api/knowledge/snapshot', snapshotManifestSchema));
  }

  snapshotPart(sha256: string): Promise<Uint8Array> {
    return this.#ask(api => api.bytes(`/api/knowledge/parts/${sha256}`));
  }

  recentCalls(limit: number): Promise<readonly ListedCall[]> {
    return this.#ask(api =>
      api.calls({ limit, beforeMs: Number.MAX_SAFE_INTEGER, query: '', filter: 'all' }),
    );
  }

  async erasedCalls(): Promise<readonly string[]> {
    return (await this.#ask(api => api.get('/api/calls/erased', erasedCallsSchema))).callIds;
  }

  callEvents(callId: string): Promise<readonly CallEvent[]> {
    return this.#ask(api => api.callEvents(callId, -1));
  }
}
