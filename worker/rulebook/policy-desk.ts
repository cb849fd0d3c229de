import type { CallQuery } from '#shared/domain/call-list.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { BookDocument, PolicyBook } from './policy-book.ts';
import type { PolicyDocuments, PolicyPerson } from './policy-documents.ts';
import type { PolicyReplay } from '#shared/protocol/policy-replay.ts';
import { previewCall, type PreviewChange } from './preview-policies.ts';
import { clusterVetoes, vetoesOf } from './veto-clusters.ts';

/** Past calls, as far as a preview needs them. */
export interface PastCalls {
  conversations(
    orgId: OrgId,
    query: CallQuery,
  ): Promise<readonly { readonly id: CallId; readonly startedAtMs: number }[]>;
  callEvents(callId: CallId, afterSeq: number): Promise<readonly CallEvent[]>;
}

export interface PolicyStatus {
  /** As verdicts name what is in force. */
  readonly label: string;
  readonly documents: readonly BookDocument[];
  readonly problems: readonly string[];
  readonly versions: readonly string[];
}

export interface PolicyPreview {
  readonly label: string;
  readonly callCount: number;
  readonly judgedCount: number;
  readonly changes: readonly PreviewChange[];
}

/** A list that nobody reads to its end helps nobody. */
const MAX_CHANGES = 500;

/** What people do with policies: see, try against history, put in force. */
export class PolicyDesk {
  readonly #book: PolicyBook;
  readonly #calls: PastCalls;
  readonly #documents: PolicyDocuments;

  constructor(book: PolicyBook, calls: PastCalls, documents: PolicyDocuments) {
    this.#documents = documents;
    this.#book = book;
    this.#calls = calls;
  }

  status(orgId: OrgId): PolicyStatus {
    return {
      label: this.#book.rules(orgId).label,
      documents: this.#book.documents(orgId),
      problems: this.#book.problems(orgId),
      versions: this.#book.versions(orgId),
    };
  }

  /** Rejects as `PolicyDocuments.putDocument` does. */
  publish(orgId: OrgId, document: unknown, by: PolicyPerson): Promise<{ readonly label: string }> {
    return this.#documents.putDocument(orgId, by, document);
  }

  /** Judges the newest calls with the document, call by call so that running calls are not kept waiting. Rejects with `policy.invalid`. */
  async preview(orgId: OrgId, document: unknown, calls: number): Promise<PolicyPreview> {
    const rules = this.#book.compileWith(orgId, document);
    const past = await this.#calls.conversations(orgId, {
      limit: calls,
      beforeMs: Number.MAX_SAFE_INTEGER,
      query: '',
      filter: 'all',
    });
    const changes: PreviewChange[] = [];
    let judgedCount = 0;
    for (const { id } of past) {
      const result = previewCall(rules, await this.#calls.callEvents(id, -1));
      judgedCount += result.judgedCount;
      changes.push(...result.changes);
    }
    return {
      label: rules.label,
      callCount: past.length,
      judgedCount,
      changes: changes.slice(0, MAX_CHANGES),
    };
  }

  /**
   * Judges the calls of a window with a draft, or with what is in force where there is none, and groups what was stopped in it
   * (REP1-REP3). Changes nothing. Rejects with `policy.invalid`.
   */
  async replay(
    orgId: OrgId,
    draft: unknown,
    { fromMs, toMs, calls }: { readonly fromMs: number; readonly toMs: number; readonly calls: number },
  ): Promise<PolicyReplay> {
    const rules = draft === null ? this.#book.rules(orgId) : this.#book.compileWith(orgId, draft);
    const newest = await this.#calls.conversations(orgId, {
      limit: calls,
      beforeMs: toMs,
      query: '',
      filter: 'all',
    });
    const past = newest.filter(({ startedAtMs }) => startedAtMs >= fromMs);
    const changes: PreviewChange[] = [];
    const vetoes: ReturnType<typeof vetoesOf>[number][] = [];
    let judgedCount = 0;
    for (const { id } of past) {
      const events = await this.#calls.callEvents(id, -1);
      const result = previewCall(rules, events);
      judgedCount += result.judgedCount;
      changes.push(...result.changes);
      vetoes.push(...vetoesOf(events));
    }
    return {
      label: rules.label,
      callCount: past.length,
      judgedCount,
      changes: changes.slice(0, MAX_CHANGES),
      clusters: [...clusterVetoes(vetoes)],
    };
  }
}
