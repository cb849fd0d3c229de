import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import { tell } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** An article that is about to be used in one running call. */
export interface PatchState {
  readonly docId: string;
  readonly title: string;
  readonly markdown: string;
  /** The call; null until it is chosen. */
  readonly callId: CallId | null;
  /** Its text can be edited here: the way from the call screen. */
  readonly isEditable: boolean;
  /** Also saved as a draft, so that others can publish it. */
  readonly alsoSave: boolean;
  readonly baseId: string | null;
  readonly work: 'loading' | 'none' | 'sending';
  readonly error: ErrorBody | null;
}

export interface KnowledgePatch {
  readonly state: StoreApi<{ readonly patch: PatchState | null }>;
  /** From the editor: the text is there, the call is chosen. */
  useText(article: { readonly docId: string; readonly title: string; readonly markdown: string }): void;
  /** From a citation of a call: the call is there, the text is read and corrected. */
  fixFor(callId: CallId, docId: string): Promise<void>;
  change(more: Partial<Pick<PatchState, 'markdown' | 'callId' | 'alsoSave'>>): void;
  send(): Promise<void>;
  close(): void;
}

export function createKnowledgePatch(bridge: DeskBridge, ui: UiStore): KnowledgePatch {
  const state = createStore<{ readonly patch: PatchState | null }>(() => ({ patch: null }));
  const change = (more: Partial<PatchState>): void =>
    state.setState(({ patch }) => ({ patch: patch && { ...patch, ...more } }));

  return {
    state,
    useText(article) {
      state.setState({
        patch: {
          ...article,
          callId: null,
          isEditable: false,
          alsoSave: false,
          baseId: null,
          work: 'none',
          error: null,
        },
      });
    },
    async fixFor(callId, docId) {
      state.setState({
        patch: {
          docId,
          title: '',
          markdown: '',
          callId,
          isEditable: true,
          alsoSave: true,
          baseId: null,
          work: 'loading',
          error: null,
        },
      });
      const answer = await bridge.run('get-knowledge', { docId });
      if (state.getState().patch?.docId !== docId) return;
      if (!answer.ok) return change({ work: 'none', error: answer.error });
      const { markdown, fields, headId } = answer.value;
      change({ work: 'none', title: fields.title ?? 'Untitled', markdown, baseId: headId });
    },
    change,
    async send() {
      const { patch } = state.getState();
      if (!patch || patch.callId === null || patch.work !== 'none' || patch.markdown.trim() === '') return;
      const { docId, title, markdown, callId } = patch;
      change({ work: 'sending', error: null });
      const answer = await bridge.run('patch-call-knowledge', { callId, docId, title, markdown });
      if (!answer.ok) return change({ work: 'none', error: answer.error });
      const notSaved = patch.isEditable && patch.alsoSave ? await saveDraft(patch) : null;
      state.setState({ patch: null });
      tell(
        ui,
        notSaved
          ? `Used in this call from its next answer on. As a draft it was not saved: ${notSaved.message}`
          : 'Used in this call from its next answer on, and in no other',
      );
    },
    close: () => state.setState({ patch: null }),
  };

  async function saveDraft({ docId, baseId, markdown }: PatchState): Promise<ErrorBody | null> {
    const before = await bridge.run('get-knowledge', { docId });
    if (!before.ok) return before.error;
    if (before.value.markdown === markdown) return null;
    const answer = await bridge.run('save-knowledge', {
      docId,
      baseId,
      markdown,
      fields: before.value.fields,
      note: 'Corrected during a call',
    });
    return answer.ok ? null : answer.error;
  }
}
