import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { KnowledgeDoc, KnowledgeRevision } from '#shared/ipc/knowledge-commands.ts';
import type { KnowledgeFields } from '#shared/protocol/knowledge.ts';
import type { ArticleText } from './settle-conflict.ts';

/** What is kept of text that is not saved. */
export type Keeping =
  | { readonly name: 'nothing' }
  | { readonly name: 'typing' }
  | { readonly name: 'kept' }
  | { readonly name: 'failed'; readonly error: ErrorBody };

/** An article on the screen: what the desk has, and what stands in the editor. */
export interface OpenArticle {
  readonly name: 'open';
  /** Another for each opening: an editor lives as long as it, also while a new article gets its id. */
  readonly opening: number;
  /** Null for a new one that the desk does not know yet. */
  readonly doc: KnowledgeDoc | null;
  readonly text: ArticleText;
  /** What `text` is compared with: the last that was read or saved. */
  readonly saved: ArticleText;
  /** The revision that was on the screen when the edit began. */
  readonly baseId: string | null;
  /** Rises when the text was replaced by anything but typing, so that the editor takes it over. */
  readonly replaced: number;
  readonly keeping: Keeping;
  readonly work: 'none' | 'saving' | 'publishing';
  /** Conflicts that the next revision settles. */
  readonly settles: readonly string[];
  /** Others changed it while there is unsaved text here. */
  readonly isBehind: boolean;
  /** The text is what was typed the last time and not saved. */
  readonly isRecovered: boolean;
  /** Why the last saving or publishing was refused, until the next. */
  readonly refusal: { readonly what: 'save' | 'publish'; readonly error: ErrorBody } | null;
  readonly history: ArticleHistory;
}

export type ArticleHistory =
  | { readonly name: 'closed' }
  | { readonly name: 'loading' }
  | { readonly name: 'failed'; readonly error: ErrorBody }
  | {
      readonly name: 'open';
      readonly revisions: readonly KnowledgeRevision[];
      readonly chosenId: string | null;
      /** What the chosen revision is shown against: the one before it, or what stands in the editor. */
      readonly against: 'before' | 'now';
    };

export type ArticleState =
  | { readonly name: 'none' }
  | { readonly name: 'loading'; readonly docId: string }
  | { readonly name: 'failed'; readonly docId: string; readonly error: ErrorBody }
  | OpenArticle;

const NEW_FIELDS: KnowledgeFields = { title: '', stage: 'draft' };

/** An article as it is opened: with what was typed the last time, where something was. */
export function openedArticle(doc: KnowledgeDoc, replaced: number): OpenArticle {
  const saved = { markdown: doc.markdown, fields: doc.fields };
  const { unsaved } = doc;
  const recovered = unsaved !== null && !isSameText(unsaved, saved) ? unsaved : null;
  return {
    name: 'open',
    opening: replaced,
    doc,
    text: recovered ? { markdown: recovered.markdown, fields: recovered.fields } : saved,
    saved,
    baseId: recovered?.baseId ?? doc.headId,
    replaced,
    keeping: recovered ? { name: 'kept' } : { name: 'nothing' },
    work: 'none',
    settles: [],
    isBehind: recovered !== null && recovered.baseId !== null && recovered.baseId !== doc.headId,
    isRecovered: recovered !== null,
    refusal: null,
    history: { name: 'closed' },
  };
}

export function newArticle(replaced: number): OpenArticle {
  const text = { markdown: '', fields: NEW_FIELDS };
  return {
    name: 'open',
    opening: replaced,
    doc: null,
    text,
    saved: text,
    baseId: null,
    replaced,
    keeping: { name: 'nothing' },
    work: 'none',
    settles: [],
    isBehind: false,
    isRecovered: false,
    refusal: null,
    history: { name: 'closed' },
  };
}

/** The article after it was read again: unsaved text stays as typed, anything else follows (KNW11). */
export function rereadArticle(article: OpenArticle, doc: KnowledgeDoc): OpenArticle {
  const moved = article.doc?.headId !== doc.headId;
  if (isDirty(article)) return { ...article, doc, isBehind: article.isBehind || moved };
  const saved = { markdown: doc.markdown, fields: doc.fields };
  const isSame = article.text.markdown === saved.markdown;
  return {
    ...article,
    doc,
    text: saved,
    saved,
    baseId: doc.headId,
    replaced: isSame ? article.replaced : article.replaced + 1,
    isBehind: false,
  };
}

export const isDirty = ({ text, saved, settles }: OpenArticle): boolean =>
  settles.length > 0 || !isSameText(text, saved);

export const isSameText = (one: ArticleText, other: ArticleText): boolean =>
  one.markdown === other.markdown && sameFields(one.fields, other.fields);

const sameFields = (one: KnowledgeFields, other: KnowledgeFields): boolean =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every(
    name => (one[name as keyof KnowledgeFields] ?? '') === (other[name as keyof KnowledgeFields] ?? ''),
  );

/** Conflicts that nobody has settled, here neither. */
export const openConflicts = ({ doc, settles }: OpenArticle) =>
  (doc?.conflicts ?? []).filter(({ id, resolvedBy }) => resolvedBy === null && !settles.includes(id));

/** Where the text stands, in words (KNW10). */
export function standingWords(article: OpenArticle): string {
  const { keeping, doc, work } = article;
  if (work === 'saving') return 'Saving';
  if (work === 'publishing') return 'Publishing';
  if (keeping.name === 'failed') return 'Not kept, the text is only in this window';
  if (isDirty(article)) {
    if (keeping.name === 'kept') return 'Not saved yet, kept on this desk';
    return doc === null ? 'New, not saved yet' : 'Not saved yet';
  }
  if (doc === null) return 'New, nothing written yet';
  if (doc.waiting > 0)
    return `Saved on this desk, ${doc.waiting === 1 ? '1 change' : `${doc.waiting} changes`} waiting to sync`;
  return 'Saved';
}

export const titleOf = ({ text }: OpenArticle): string => text.fields.title?.trim() || 'Untitled';
