import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { KnowledgeDoc, KnowledgeRevision } from '#shared/ipc/knowledge-commands.ts';
import type { KnowledgeConflict, KnowledgeField } from '#shared/protocol/knowledge.ts';
import type { ConsoleClock } from './clock.ts';
import {
  isDirty,
  newArticle,
  openedArticle,
  rereadArticle,
  titleOf,
  type ArticleHistory,
  type ArticleState,
  type OpenArticle,
} from './knowledge-article.ts';
import { aboutOf, bothOf, settledWith } from './settle-conflict.ts';
import { tellError, tellUndo } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** After the last key: short enough that a crash takes a few words at most. */
export const KEEP_AFTER_MS = 800;

/** A revision goes to the worker in a moment; after this it is published as it stands, and the refusal says why not. */
const SYNC_WAIT_MS = 8_000;

/** The opened article and everything a person does to it. Articles are one at a time, like calls. */
export interface KnowledgeDesk {
  readonly state: StoreApi<ArticleState>;
  open(docId: string): Promise<void>;
  begin(): void;
  /** Leaves the article; what is not saved is kept. */
  close(): void;
  /** Another state of the desk's documents was told: reads the opened one again. */
  reread(docIds: readonly string[]): Promise<void>;
  type(markdown: string): void;
  setField(field: KnowledgeField, value: string): void;
  /** @returns whether everything that was typed is a revision now */
  save(note?: string): Promise<boolean>;
  /** Throws away what is not saved. */
  dropUnsaved(): Promise<void>;
  setStage(stage: 'draft' | 'in-review'): Promise<void>;
  publish(): Promise<void>;
  verifyToday(): Promise<void>;
  archive(): Promise<void>;
  remove(): Promise<void>;
  /** `text` null takes the paragraph away. */
  settle(conflict: KnowledgeConflict, text: string | null): Promise<void>;
  /** Puts both texts into the editor; the next saving settles it. */
  writeBoth(conflict: KnowledgeConflict): void;
  /** Saves what a person made of two whole texts and settles every open conflict. */
  saveMerged(markdown: string): Promise<void>;
  showHistory(): Promise<void>;
  chooseRevision(
    change: Partial<Pick<Extract<ArticleHistory, { name: 'open' }>, 'chosenId' | 'against'>>,
  ): void;
  hideHistory(): void;
  restore(revision: KnowledgeRevision): Promise<void>;
}

interface DeskDeps {
  readonly bridge: DeskBridge;
  readonly clock: ConsoleClock;
  readonly ui: UiStore;
  /** The worker can be reached. */
  readonly isLive: () => boolean;
}

export function createKnowledgeDesk({ bridge, clock, ui, isLive }: DeskDeps): KnowledgeDesk {
  const state = createStore<ArticleState>(() => ({ name: 'none' }));
  let cancelKeep = (): void => undefined;
  let replaced = 0;
  let lastSaving: Promise<unknown> = Promise.resolve();

  const current = (): OpenArticle | null => {
    const article = state.getState();
    return article.name === 'open' ? article : null;
  };
  const change = (more: Partial<OpenArticle>): void => {
    const article = current();
    if (article) state.setState({ ...article, ...more }, true);
  };
  /** The article is still the one that something was begun for; the same one opened again is another. */
  const isStill = ({ opening }: OpenArticle): boolean => current()?.opening === opening;
  /** Articles that were left while they were being saved, by their opening. */
  const left = new Map<number, OpenArticle>();

  const keep = async (): Promise<void> => {
    cancelKeep();
    const article = current();
    if (!article || !isDirty(article) || article.work === 'saving') return;
    const { doc, text, baseId } = article;
    if (doc === null) {
      // Nothing can be kept for an article that has no name yet: its first words make it a draft.
      if (text.markdown.trim() !== '' || (text.fields.title ?? '').trim() !== '') await save();
      return;
    }
    const answer = await bridge.run('keep-unsaved-knowledge', { docId: doc.docId, baseId, ...text });
    if (!isStill(article) || current()?.text !== text) return;
    change({ keeping: answer.ok ? { name: 'kept' } : { name: 'failed', error: answer.error } });
  };
  const edit = (more: Pick<Partial<OpenArticle>, 'text' | 'settles' | 'replaced'>): void => {
    change({ ...more, keeping: { name: 'typing' } });
    cancelKeep();
    cancelKeep = clock.after(KEEP_AFTER_MS, () => void keep());
  };

  const read = async (docId: string): Promise<KnowledgeDoc | null> => {
    const answer = await bridge.run('get-knowledge', { docId });
    if (answer.ok) return answer.value;
    const before = state.getState();
    if (before.name === 'loading' && before.docId === docId)
      state.setState({ name: 'failed', docId, error: answer.error }, true);
    return null;
  };

  /** One saving after the other: the second builds on what the first made. */
  const save = (note = ''): Promise<boolean> => {
    const saved = lastSaving.then(() => saveNow(note));
    lastSaving = saved.catch(() => undefined);
    return saved;
  };
  const saveNow = async (note: string): Promise<boolean> => {
    cancelKeep();
    const article = current();
    if (!article) return false;
    if (!isDirty(article)) return article.doc !== null;
    const { doc, text, baseId, settles } = article;
    const docId = doc?.docId ?? null;
    const fields = { ...text.fields, title: titleOf(article) };
    change({ work: 'saving', refusal: null });
    const answer = await bridge.run('save-knowledge', {
      docId,
      baseId,
      markdown: text.markdown,
      fields,
      note,
      resolves: [...settles],
    });
    const now = current();
    if (!now || !isStill(article)) {
      await keepLeft(article, answer.ok ? answer.value : null);
      return answer.ok;
    }
    if (!answer.ok) {
      change({ work: 'none', refusal: { what: 'save', error: answer.error } });
      await keep();
      return false;
    }
    // What was typed while it was being saved is unsaved still, on top of what has just been saved.
    const typedOn = now.text !== text;
    change({
      work: 'none',
      text: typedOn ? now.text : { ...text, fields },
      saved: { ...text, fields },
      baseId: answer.value.revisionId,
      settles: now.settles.filter(id => !settles.includes(id)),
      keeping: typedOn ? { name: 'typing' } : { name: 'nothing' },
      isBehind: false,
      isRecovered: false,
    });
    const fresh = await read(answer.value.docId);
    const after = current();
    if (fresh && after && isStill(article)) state.setState(follow(after, fresh), true);
    if (typedOn) cancelKeep = clock.after(KEEP_AFTER_MS, () => void keep());
    return true;
  };
  /** What was typed on while it was being saved, and then left. */
  const keepLeft = async (
    { opening, text, doc, baseId }: OpenArticle,
    saved: { readonly docId: string; readonly revisionId: string } | null,
  ): Promise<void> => {
    const last = left.get(opening);
    left.delete(opening);
    const docId = saved?.docId ?? doc?.docId;
    if (!last || docId === undefined || (saved && last.text === text)) return;
    const kept = { docId, baseId: saved?.revisionId ?? baseId, ...last.text };
    const answer = await bridge.run('keep-unsaved-knowledge', kept);
    if (!answer.ok) tellError(ui, answer.error);
  };
  /** Waits until the worker has what was saved here; the head may be another then, because others wrote as well. */
  const untilSynced = async (article: OpenArticle): Promise<void> => {
    const isWaiting = (): boolean => isStill(article) && (current()?.doc?.waiting ?? 0) > 0;
    if (!isWaiting() || !isLive()) return;
    await new Promise<void>(resolve => {
      const settle = (): void => {
        stopWatching();
        stopWaiting();
        resolve();
      };
      const stopWatching = state.subscribe(() => {
        if (!isWaiting()) settle();
      });
      const stopWaiting = clock.after(SYNC_WAIT_MS, settle);
      void bridge.run('sync-now', {});
    });
  };
  const follow = (article: OpenArticle, doc: KnowledgeDoc): OpenArticle => {
    const next = rereadArticle(article, doc);
    replaced = Math.max(replaced, next.replaced);
    return next;
  };
  const setFields = (fields: Partial<Record<KnowledgeField, string>>): void => {
    const article = current();
    if (article) edit({ text: { ...article.text, fields: { ...article.text.fields, ...fields } } });
  };
  const put = (text: OpenArticle['text'], settles: readonly string[] = current()?.settles ?? []): void => {
    replaced += 1;
    edit({ text, settles, replaced });
  };

  const open = async (docId: string): Promise<void> => {
    if (current()?.doc?.docId === docId) return;
    close();
    state.setState({ name: 'loading', docId }, true);
    const doc = await read(docId);
    const now = state.getState();
    if (!doc || now.name !== 'loading' || now.docId !== docId) return;
    replaced += 1;
    state.setState(openedArticle(doc, replaced), true);
  };
  const close = (): void => {
    const article = current();
    if (article?.work === 'saving') left.set(article.opening, article);
    else void keep();
    cancelKeep();
    state.setState({ name: 'none' }, true);
  };

  return {
    state,
    open,
    begin() {
      close();
      replaced += 1;
      state.setState(newArticle(replaced), true);
    },
    close,

    async reread(docIds) {
      const before = current();
      const docId = before?.doc?.docId;
      if (!before || docId === undefined || (docIds.length > 0 && !docIds.includes(docId))) return;
      const answer = await bridge.run('get-knowledge', { docId });
      const article = current();
      if (!article || !isStill(before) || article.work === 'saving') return;
      if (answer.ok) state.setState(follow(article, answer.value), true);
      // It is gone: nothing of what is typed here may go with it.
      else if (answer.error.code === 'knowledge.unknown' && !isDirty(article)) close();
    },

    type(markdown) {
      const article = current();
      if (article && article.text.markdown !== markdown) edit({ text: { ...article.text, markdown } });
    },
    setField: (field, value) => setFields({ [field]: value }),
    save,

    async dropUnsaved() {
      const article = current();
      if (!article) return;
      cancelKeep();
      if (article.doc === null) return close();
      const answer = await bridge.run('drop-unsaved-knowledge', { docId: article.doc.docId });
      if (!answer.ok) return tellError(ui, answer.error);
      replaced += 1;
      state.setState(openedArticle({ ...article.doc, unsaved: null }, replaced), true);
    },

    async setStage(stage) {
      setFields({ stage });
      await save();
    },

    async publish() {
      if (!(await save())) return;
      const article = current();
      if (!article?.doc || article.work === 'publishing') return;
      change({ work: 'publishing', refusal: null });
      await untilSynced(article);
      const doc = current()?.doc;
      if (!doc || !isStill(article)) return;
      const answer = await bridge.run('publish-knowledge', { docId: doc.docId, revisionId: doc.headId });
      if (!isStill(article)) return;
      change({ work: 'none', refusal: answer.ok ? null : { what: 'publish', error: answer.error } });
      if (!answer.ok) return;
      const fresh = await read(doc.docId);
      const now = current();
      if (fresh && now && isStill(article)) state.setState(follow(now, fresh), true);
    },

    async verifyToday() {
      setFields({ verifiedAtMs: String(clock.now()) });
      await save('Looked at and found right');
    },

    async archive() {
      const before = current()?.text.fields.stage ?? 'draft';
      const docId = current()?.doc?.docId;
      setFields({ stage: 'archived' });
      if (!(await save()) || docId === undefined) return;
      tellUndo(ui, 'Archived', () => {
        void open(docId).then(() => {
          setFields({ stage: before });
          return save();
        });
      });
    },

    async remove() {
      const article = current();
      if (!article) return;
      const { doc, text } = article;
      cancelKeep();
      if (doc === null) return close();
      const answer = await bridge.run('delete-knowledge', { docId: doc.docId, baseId: doc.headId });
      if (!answer.ok) return tellError(ui, answer.error);
      if (isStill(article)) state.setState({ name: 'none' }, true);
      tellUndo(ui, `Deleted “${titleOf(article)}”`, () => {
        void bridge
          .run('save-knowledge', {
            docId: doc.docId,
            baseId: answer.value.revisionId,
            ...text,
            note: 'Deletion undone',
          })
          .then(back => (back.ok ? open(doc.docId) : tellError(ui, back.error)));
      });
    },

    async settle(conflict, text) {
      const article = current();
      if (!article?.doc) return;
      if (aboutOf(conflict).name === 'document' && text === 'deleted') {
        const { docId, headId } = article.doc;
        const answer = await bridge.run('delete-knowledge', { docId, baseId: headId });
        if (answer.ok) state.setState({ name: 'none' }, true);
        else tellError(ui, answer.error);
        return;
      }
      const wasDirty = isDirty(article);
      put(settledWith(article.text, conflict, text), [...article.settles, conflict.id]);
      // Text that is half typed is not made a revision by the way; the next saving settles it.
      if (!wasDirty) await save('Conflict settled');
    },

    writeBoth(conflict) {
      const article = current();
      if (!article) return;
      put(settledWith(article.text, conflict, bothOf(conflict)), [...article.settles, conflict.id]);
    },

    async saveMerged(markdown) {
      const article = current();
      if (!article?.doc) return;
      const open = article.doc.conflicts.filter(({ resolvedBy }) => resolvedBy === null).map(({ id }) => id);
      put({ ...article.text, markdown }, open);
      await save('Merged side by side');
    },

    async showHistory() {
      const article = current();
      if (!article?.doc) return;
      change({ history: { name: 'loading' } });
      const answer = await bridge.run('get-knowledge-history', { docId: article.doc.docId });
      if (!isStill(article) || current()?.history.name === 'closed') return;
      change({
        history: answer.ok
          ? {
              name: 'open',
              revisions: answer.value.revisions,
              chosenId: answer.value.revisions[0]?.id ?? null,
              against: 'before',
            }
          : { name: 'failed', error: answer.error },
      });
    },
    chooseRevision(more) {
      const history = current()?.history;
      if (history?.name === 'open') change({ history: { ...history, ...more } });
    },
    hideHistory: () => change({ history: { name: 'closed' } }),

    async restore(revision) {
      const article = current();
      if (!article) return;
      put({ markdown: revision.markdown, fields: { ...article.text.fields, title: revision.title } });
      change({ history: { name: 'closed' } });
      await save(`Back to the text of ${revision.author}`);
    },
  };
}
