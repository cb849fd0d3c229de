import { createStore, type StoreApi } from 'zustand/vanilla';

export type SideTab = 'suggestions' | 'verdicts' | 'sources' | 'tools' | 'caller' | 'turn' | 'notes' | 'word';
export type ComposerMode = 'tell' | 'say' | 'note';

/** Something that happened to the person at the desk; `code` is shown in small print. */
export interface Toast {
  readonly id: number;
  readonly tone: 'plain' | 'bad';
  readonly text: string;
  readonly code: string | null;
  /** What takes it back, while the words stand. */
  readonly undo?: () => void;
}

/** Screens that can be gone to; a call is opened. */
export type ListScreen = 'floor' | 'history' | 'figures' | 'knowledge' | 'settings';

/** What this window shows. Nothing of it is a fact about a call. */
export interface UiState {
  readonly screen: ListScreen | 'call';
  /** The list the opened call was chosen from: where Escape goes. */
  readonly openedFrom: 'floor' | 'history';
  readonly focusedCallId: string | null;
  /** Calls of the floor in the order they are shown: what the arrow keys walk along. */
  readonly order: readonly string[];
  readonly tab: SideTab;
  readonly sideOpen: boolean;
  /** The one dialog that is open. */
  readonly sheet: 'none' | 'keys' | 'palette' | 'end-call' | 'transfer' | 'place-call';
  /** The refused sentence that this person has just released, until they say why. */
  readonly releasePick: { readonly callId: string; readonly chunkId: string } | null;
  /** The spoken word that is looked into: a chunk, and a place in its text in UTF-16 code units. */
  readonly trace: { readonly chunkId: string; readonly offset: number } | null;
  readonly composer: ComposerMode;
  readonly drafts: Readonly<Record<ComposerMode, string>>;
  /** Counts requests to put the caret into the composer. */
  readonly composerFocus: number;
  readonly toast: Toast | null;
  readonly search: string;
  readonly line: string;
  /** Verbs on their way to the worker: their controls wait. */
  readonly pending: readonly string[];
}

export type UiStore = StoreApi<UiState>;

export function createUiStore(initial: Partial<UiState> = {}): UiStore {
  return createStore<UiState>(() => ({
    screen: 'floor',
    openedFrom: 'floor',
    focusedCallId: null,
    order: [],
    tab: 'verdicts',
    sideOpen: false,
    sheet: 'none',
    releasePick: null,
    trace: null,
    composer: 'tell',
    drafts: { tell: '', say: '', note: '' },
    composerFocus: 0,
    toast: null,
    search: '',
    line: '',
    pending: [],
    ...initial,
  }));
}
