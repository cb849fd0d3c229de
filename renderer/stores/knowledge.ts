import type { StoreApi } from 'zustand/vanilla';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { ConsoleClock } from './clock.ts';
import type { DeskState } from './desk-store.ts';
import { createKnowledgeDesk, type KnowledgeDesk } from './knowledge-desk.ts';
import { createKnowledgeFiles, type KnowledgeFiles } from './knowledge-files.ts';
import { createKnowledgeList, type KnowledgeList } from './knowledge-list.ts';
import { createKnowledgeLookups, type KnowledgeLookups } from './knowledge-lookups.ts';
import { createOwnTexts, type OwnTexts } from './own-texts.ts';
import { createKnowledgePatch, type KnowledgePatch } from './knowledge-patch.ts';
import { savePageFile, type SaveFile } from './save-file.ts';
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

  return {
    list,
    desk,
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
export const mayPublishKnowledge = (desk: DeskState): boolean =>
  desk.name === 'ready' && desk.user.capabilities.includes('knowledge.publish');
