import type { StoreApi } from 'zustand/vanilla';
import { policyDocId, SPACE_RIGHTS, spaceOf } from '#shared/domain/document-space.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { ConsoleClock } from './clock.ts';
import type { DeskState } from './desk-store.ts';
import { createKnowledgeDesk, type KnowledgeDesk } from './knowledge-desk.ts';
import { createKnowledgeFiles, type KnowledgeFiles } from './knowledge-files.ts';
import { createKnowledgeList, type KnowledgeList, type KnowledgeSpace } from './knowledge-list.ts';
import { createKnowledgeLookups, type KnowledgeLookups } from './knowledge-lookups.ts';
import { createOwnTexts, type OwnTexts } from './own-texts.ts';
import { createKnowledgePatch, type KnowledgePatch } from './knowledge-patch.ts';
import { savePageFile, type SaveFile } from './save-file.ts';
import { newPolicyText } from './policy-draft.ts';
import { tellError } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** Everything behind the workspace, wired once. */
export interface Knowledge {
  readonly list: KnowledgeList;
  readonly desk: KnowledgeDesk;
  readonly lookups: KnowledgeLookups;
  readonly files: KnowledgeFiles;
  readonly patch: KnowledgePatch;
  readonly ownTexts: OwnTexts;
  /** Opens what is above (-1) or below (1) in the list. */
  step(by: 1 | -1): void;
  /** Lists articles or policies; what is open is left, as kept as ever. */
  show(space: KnowledgeSpace): void;
  /** Opens a document of either in its own list. */
  openDoc(docId: string): void;
  /** Makes a policy document of this name on this desk and opens it. */
  beginPolicy(name: string): Promise<void>;
  start(): () => void;
}

export interface KnowledgeDeps {
  readonly bridge: DeskBridge;
  readonly clock: ConsoleClock;
  readonly ui: UiStore;
  /** How far this desk is in step: what waits moves without an article changing. */
  readonly sync: StoreApi<SyncStatus | null>;
  /** The worker can be reached. */
  readonly isLive: () => boolean;
  readonly saveFile?: SaveFile;
}

export function createKnowledge(deps: KnowledgeDeps): Knowledge {
  const { bridge, clock, ui, sync, isLive, saveFile = savePageFile } = deps;
  const list = createKnowledgeList(bridge, clock);
  const desk = createKnowledgeDesk({ bridge, clock, ui, isLive });
  const lookups = createKnowledgeLookups(bridge);
  const ownTexts = createOwnTexts(bridge);

  const show = (space: KnowledgeSpace): void => {
    if (list.state.getState().space === space) return;
    desk.close();
    list.state.setState({ items: [], status: { name: 'loading' } });
    void list.ask({ space, query: '', filter: 'all' });
  };

  return {
    list,
    desk,
    show,
    openDoc(docId) {
      show(spaceOf(docId) === 'policies' ? 'policies' : 'knowledge');
      void desk.open(docId);
    },
    async beginPolicy(name) {
      const made = await bridge.run('save-knowledge', {
        docId: policyDocId(name),
        baseId: null,
        markdown: newPolicyText(name),
        fields: { title: name },
        note: '',
        resolves: [],
      });
      if (!made.ok) return tellError(ui, made.error);
      show('policies');
      await desk.open(made.value.docId);
    },
    lookups,
    files: createKnowledgeFiles(bridge, ui, saveFile),
    patch: createKnowledgePatch(bridge, ui),
    ownTexts,
    step(by) {
      const { items } = list.state.getState();
      const article = desk.state.getState();
      const docId =
        article.name === 'open' ? article.doc?.docId : article.name === 'none' ? null : article.docId;
      const at = items.findIndex(item => item.docId === docId);
      const next = items[at < 0 ? 0 : Math.max(0, Math.min(items.length - 1, at + by))];
      if (next) void desk.open(next.docId);
    },
    start() {
      const stops = [
        bridge.onNotice('knowledge-changed', ({ docIds }) => {
          list.stale();
          ownTexts.reread(docIds);
          void desk.reread(docIds);
        }),
        sync.subscribe((status, before) => {
          if (before?.waiting !== status?.waiting) void desk.reread([]).then(() => list.stale());
        }),
        desk.state.subscribe((article, before) => {
          const docId = article.name === 'open' ? (article.doc?.docId ?? null) : null;
          const earlier = before.name === 'open' ? (before.doc?.docId ?? null) : null;
          if (docId !== earlier) void lookups.show(docId);
        }),
      ];
      // For the badge: conflicts are there before anybody opens the screen.
      list.stale();
      return () => {
        for (const stop of stops) stop();
        desk.close();
      };
    },
  };
}

/** What waits for this person: conflicts, and changes that were not accepted. */
export const knowledgeBadge = (conflicts: number, status: SyncStatus | null): number =>
  conflicts + (status?.refused.filter(({ docId }) => spaceOf(docId) === 'knowledge').length ?? 0);

export const mayEditKnowledge = (desk: DeskState): boolean =>
  desk.name === 'ready' && desk.user.capabilities.includes('knowledge.edit');
/** Whether this person may change the document; `null` is an article that is not saved yet. */
export const mayEditDoc =
  (docId: string | null) =>
  (desk: DeskState): boolean =>
    desk.name === 'ready' &&
    desk.user.capabilities.includes(SPACE_RIGHTS[docId === null ? 'knowledge' : spaceOf(docId)].edit);
export const mayEditPolicies = mayEditDoc('policy.any');
export const mayPublishKnowledge = (desk: DeskState): boolean =>
  desk.name === 'ready' && desk.user.capabilities.includes('knowledge.publish');
