import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';

type OwnText = CallTimeline['ownTexts'][number];

/** Which articles have been published since a call got its own text of them: from then on the call answers from what everybody does (KN27). */
export interface OwnTexts {
  /** The published revision by article, as far as this desk has looked. */
  readonly state: StoreApi<{ readonly published: Readonly<Record<string, string | null>> }>;
  look(docId: string): Promise<void>;
  /** These have changed; those that were looked at are looked at again. All of them where `docIds` is empty. */
  reread(docIds: readonly string[]): void;
}

export function createOwnTexts(bridge: DeskBridge): OwnTexts {
  const state = createStore<{ readonly published: Readonly<Record<string, string | null>> }>(() => ({
    published: {},
  }));
  const look = async (docId: string): Promise<void> => {
    const answer = await bridge.run('get-knowledge', { docId });
    // An article that this desk does not have yet tells nothing.
    if (!answer.ok) return;
    const { publishedId } = answer.value;
    state.setState(({ published }) => ({ published: { ...published, [docId]: publishedId } }));
  };
  return {
    state,
    look,
    reread(docIds) {
      const known = Object.keys(state.getState().published);
      for (const docId of docIds.length === 0 ? known : known.filter(one => docIds.includes(one)))
        void look(docId);
    },
  };
}

/** Those that still hold; one that was not looked at does. */
export const standing = (
  texts: readonly OwnText[],
  published: Readonly<Record<string, string | null>>,
): readonly OwnText[] =>
  texts.filter(({ docId, publishedId }) => {
    const now = published[docId];
    return now === undefined || now === publishedId;
  });
