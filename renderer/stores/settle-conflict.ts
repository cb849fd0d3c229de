import { editBlocks, joinBlocks, splitBlocks } from '#shared/domain/blocks.ts';
import { WHOLE_DOCUMENT } from '#shared/domain/knowledge-revision.ts';
import {
  KNOWLEDGE_FIELDS,
  type KnowledgeConflict,
  type KnowledgeField,
  type KnowledgeFields,
} from '#shared/protocol/knowledge.ts';

/** One person's side of a conflict. `text` null: they took it away. */
export interface ConflictSide {
  readonly who: string;
  readonly isMe: boolean;
  readonly text: string | null;
  readonly atMs: number;
  /** It is what the article has now. */
  readonly stands: boolean;
}

export interface Person {
  readonly userId: string;
  readonly name: string;
}

/** What a conflict is about: a paragraph, a field such as the title, or whether there is a document at all. */
export type ConflictAbout =
  | { readonly name: 'paragraph' }
  | { readonly name: 'field'; readonly field: KnowledgeField }
  | { readonly name: 'document' };

export function aboutOf({ blockId }: KnowledgeConflict): ConflictAbout {
  if (blockId === WHOLE_DOCUMENT) return { name: 'document' };
  const field = KNOWLEDGE_FIELDS.find(name => name === blockId);
  return field ? { name: 'field', field } : { name: 'paragraph' };
}

/** Both sides as the person at this desk reads them: theirs first where they are one of the two. */
export function sidesOf(conflict: KnowledgeConflict, me: Person): readonly [ConflictSide, ConflictSide] {
  const { head, mine, headAuthor, mineAuthor, headAtMs, mineAtMs, base } = conflict;
  // A change outlives a deletion, so where both texts are the same one of the two had taken it away (KN4).
  const headDeleted = head === mine && base !== null;
  const isMe = (author: string): boolean => author === me.userId || author === me.name;
  const standing: ConflictSide = {
    who: headAuthor,
    isMe: isMe(headAuthor),
    text: headDeleted ? null : head,
    atMs: headAtMs,
    stands: !headDeleted,
  };
  const waiting: ConflictSide = {
    who: mineAuthor,
    isMe: isMe(mineAuthor),
    text: mine,
    atMs: mineAtMs,
    stands: headDeleted,
  };
  return standing.isMe && !waiting.isMe ? [standing, waiting] : [waiting, standing];
}

export interface ArticleText {
  readonly markdown: string;
  readonly fields: KnowledgeFields;
}

/** The article with one side's text in the place of the conflict. Total: where the place is gone, the text goes to the end. */
export function settledWith(
  article: ArticleText,
  conflict: KnowledgeConflict,
  text: string | null,
): ArticleText {
  const about = aboutOf(conflict);
  if (about.name === 'document') return article;
  if (about.name === 'field') {
    const fields = { ...article.fields };
    if (text === null) delete fields[about.field];
    else fields[about.field] = text;
    return { ...article, fields };
  }
  const texts = [...splitBlocks(article.markdown)];
  const at = placeOf(texts, conflict.head);
  if (at < 0) return text === null || texts.includes(text) ? article : joined(article, [...texts, text]);
  return joined(article, text === null ? texts.toSpliced(at, 1) : texts.with(at, text));
}

/** Both texts, one after the other, for a person to make one of. */
export function bothOf(conflict: KnowledgeConflict): string | null {
  const about = aboutOf(conflict);
  const texts = [conflict.head, conflict.mine].filter(text => text !== null);
  if (texts.length === 0) return null;
  return [...new Set(texts)].join(about.name === 'field' ? ' / ' : '\n\n');
}

const joined = (article: ArticleText, texts: readonly string[]): ArticleText => ({
  ...article,
  markdown: joinBlocks(texts),
});

/** Where the standing text is now, also when it was edited meanwhile; -1 where it is gone. */
function placeOf(texts: readonly string[], head: string | null): number {
  if (head === null) return -1;
  const exact = texts.indexOf(head);
  if (exact >= 0) return exact;
  return editBlocks([{ id: 'standing', text: head }], texts, () => '').findIndex(
    ({ id }) => id === 'standing',
  );
}
