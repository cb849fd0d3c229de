import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlChannel } from '#shared/adapters/control-channel.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { tryQuestion } from '#worker/host/try-question.ts';
import { keptDocuments } from '#worker/knowledge/kept-documents.ts';
import { knowledgeFolder } from '#worker/knowledge/knowledge-folder.ts';
import { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import { KnowledgeShelf } from '#worker/knowledge/knowledge-shelf.ts';
import { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import { searchDeps } from '#worker/knowledge/load-knowledge.ts';
import { publishedSources } from '#worker/knowledge/published-sources.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { rulesOfGate } from '#worker/rulebook/org-rules.ts';
import { localControlChannel } from '#worker/store/local-control-channel.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import policies from '../../resources/policies/demo.json' with { type: 'json' };

const DEMO_FOLDER = join(import.meta.dirname, '../../resources/demo/knowledge');
export const DEMO_ORG = 'org-larkfield' as OrgId;
export const DEMO_RULES = rulesOfGate(
  compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES),
);

export interface KnowledgeBench {
  readonly store: Store;
  readonly shelf: KnowledgeShelf;
  readonly desk: KnowledgeDesk;
  readonly watch: KnowledgeWatch;
  readonly channel: ControlChannel;
  readonly folder: string;
  /** What running calls were told. */
  readonly told: CallEventDraft[];
  readonly audited: { readonly actor: Actor; readonly action: string; readonly outcome: string }[];
  readonly errors: unknown[];
  stop(): Promise<void>;
}

/** Knowledge of one worker as it is wired, over a real store, with the local models. */
export async function knowledgeBench(
  options: {
    readonly store?: Store;
    readonly channel?: ControlChannel;
    readonly folder?: string;
    /** Absent: the demo's documents. */
    readonly seedFolder?: string;
  } = {},
): Promise<KnowledgeBench> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sidetone-knowledge-'));
  const store = options.store ?? (await openSqliteStore({ file: join(folder, 'worker.sqlite') }));
  const channel = options.channel ?? localControlChannel();
  const told: CallEventDraft[] = [];
  const audited: { actor: Actor; action: string; outcome: string }[] = [];
  const errors: unknown[] = [];
  let ids = 0;
  const newId = (): string => `id-${String((ids += 1))}-${Math.random().toString(36).slice(2)}`;
  const shelf = new KnowledgeShelf(
    publishedSources({
      book: store,
      kept: keptDocuments(join(folder, 'knowledge')),
      folderOf: orgId => (orgId === DEMO_ORG ? knowledgeFolder(options.seedFolder ?? DEMO_FOLDER) : null),
      clock: systemClock,
      onAway: error => errors.push(error),
    }),
    searchDeps(systemClock),
  );
  await shelf.rotate(DEMO_ORG);
  const rotate = (orgId: OrgId) => shelf.rotate(orgId);
  const desk = new KnowledgeDesk({
    book: store,
    shelf,
    rotate,
    channel,
    ask: (tried, signal) =>
      tryQuestion(
        {
          clock: systemClock,
          newId,
          model: new OfflineReplyModel({ clock: systemClock, wordDelayMs: 0 }),
          policies: () => DEMO_RULES,
        },
        tried,
        signal,
      ),
    tellCall: (_callId, draft) => {
      told.push(draft);
      return Promise.resolve();
    },
    audit: (actor, action, outcome) => {
      audited.push({ actor, action, outcome });
      return Promise.resolve();
    },
    clock: systemClock,
    newId,
  });
  const watch = new KnowledgeWatch(
    { book: store, channel, clock: systemClock, rotate, onError: error => errors.push(error) },
    [DEMO_ORG],
  );
  return {
    store,
    shelf,
    desk,
    watch,
    channel,
    folder,
    told,
    audited,
    errors,
    stop: async () => {
      watch.stop();
      if (!options.channel) await channel.close();
      if (!options.store) await store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
