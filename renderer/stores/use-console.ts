import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { CallNotesState } from './call-notes.ts';
import type { Console } from './console.ts';
import type { CallState } from './call-store.ts';
import type { DeskState } from './desk-store.ts';
import type { FloorState } from './floor-store.ts';
import type { LadderState } from './ladder.ts';
import type { MediaState } from '#renderer/media/media-link.ts';
import type { CallView } from '#shared/projections/timeline-cursor.ts';
import type { CoachingState } from './coaching.ts';
import type { FiguresState } from './figures-store.ts';
import type { ArchiveState } from './archive-store.ts';
import type { HistoryState } from './history-store.ts';
import type { ReplayState } from './replay.ts';
import type { ArticleState } from './knowledge-article.ts';
import type { KnowledgeListState } from './knowledge-list.ts';
import { knowledgeBadge } from './knowledge.ts';
import { keyRowsOf } from './custom-keys.ts';
import { KEY_ROWS, type KeyAction, type KeyRow } from './keymap.ts';
import type { UiState } from './ui-store.ts';

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const console = useContext(ConsoleContext);
  if (!console) throw new Error('a screen was drawn outside ConsoleContext');
  return console;
}

export const useDesk = <Part>(select: (state: DeskState) => Part): Part =>
  useStore(useConsole().desk.state, select);
export const useFloor = <Part>(select: (state: FloorState) => Part): Part =>
  useStore(useConsole().floor, select);
export const useCall = <Part>(select: (state: CallState) => Part): Part =>
  useStore(useConsole().call.state, select);
export const useReplay = <Part>(select: (state: ReplayState) => Part): Part =>
  useStore(useConsole().replay.state, select);
export const useFigures = <Part>(select: (state: FiguresState) => Part): Part =>
  useStore(useConsole().figures.state, select);
export const useArchive = <Part>(select: (state: ArchiveState) => Part): Part =>
  useStore(useConsole().archive.state, select);
export const useHistory = <Part>(select: (state: HistoryState) => Part): Part =>
  useStore(useConsole().history.state, select);
export const useNotes = <Part>(select: (state: CallNotesState) => Part): Part =>
  useStore(useConsole().notes.state, select);

export const useKnowledgeList = <Part>(select: (state: KnowledgeListState) => Part): Part =>
  useStore(useConsole().knowledge.list.state, select);
export const useArticle = <Part>(select: (state: ArticleState) => Part): Part =>
  useStore(useConsole().knowledge.desk.state, select);

/** Conflicts and refused changes: what in the knowledge waits for this person. */
export function useKnowledgeBadge(): number {
  const conflicts = useKnowledgeList(state => (state.counts.conflict ?? 0) + state.conflictsElsewhere);
  const status = useStore(useConsole().sync.state);
  return knowledgeBadge(conflicts, status);
}

/** A part of the opened call as the screen shows it: as it was at the playhead, or as it is. */
export function useShown<Part>(select: (view: CallView) => Part): Part {
  const past = useReplay(state => (state.view === null ? null : select(state.view)));
  const isPast = useReplay(state => state.view !== null);
  const now = useCall(select);
  return isPast ? (past as Part) : now;
}

export const useUi = <Part>(select: (state: UiState) => Part): Part => useStore(useConsole().ui, select);
export const useLadder = <Part>(select: (state: LadderState) => Part): Part =>
  useStore(useConsole().ladder.state, select);
export const useCoaching = <Part>(select: (state: CoachingState) => Part): Part =>
  useStore(useConsole().coaching.state, select);
export const useMedia = <Part>(select: (state: MediaState) => Part): Part =>
  useStore(useConsole().media.state, select);

/** The wall clock, looked at every `intervalMs`. For what is drawn; running figures paint themselves. */
export function useNow(intervalMs: number): number {
  const { clock } = useConsole();
  const [nowMs, setNowMs] = useState(() => clock.now());
  useEffect(() => clock.every(intervalMs, () => setNowMs(clock.now())), [clock, intervalMs]);
  return nowMs;
}

/** The key list of this desk. */
export function useKeyRows(): readonly KeyRow[] {
  const keymap = useDesk(state => (state.name === 'ready' ? state.settings.keymap : null));
  return useMemo(() => (keymap === null ? KEY_ROWS : keyRowsOf(keymap)), [keymap]);
}

/** The key of an action at this desk, as the key list writes it; empty for none. */
export function useKeyOf(): (action: KeyAction) => string {
  const rows = useKeyRows();
  return action => rows.find(row => row.action === action)?.keys[0] ?? '';
}
