import { createStore, type StoreApi } from 'zustand/vanilla';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { AskedAnswer } from '#shared/ipc/knowledge-commands.ts';
import type { KnowledgeUsage } from '#shared/protocol/knowledge.ts';
import { passageAuthor } from './word-trace.ts';
import { isDirty, titleOf, type OpenArticle } from './knowledge-article.ts';

export type Asked =
  | { readonly name: 'nothing' }
  | { readonly name: 'asking' }
  /** `markdown` is the text it was answered from. */
  | { readonly name: 'answered'; readonly answer: AskedAnswer; readonly markdown: string }
  | { readonly name: 'failed'; readonly error: ErrorBody };

export type Usage =
  | { readonly name: 'loading' }
  | { readonly name: 'ready'; readonly usage: KnowledgeUsage }
  | { readonly name: 'failed'; readonly error: ErrorBody };

/** Who wrote a cited passage. */
export type PassageAuthor =
  | { readonly name: 'loading' }
  | { readonly name: 'known'; readonly author: string; readonly savedAtMs: number }
  /** The article does not have the passage any more, or this desk does not have the article. */
  | { readonly name: 'unknown' };

export interface LookupsState {
  readonly docId: string | null;
  readonly question: string;
  readonly asked: Asked;
  readonly usage: Usage;
  readonly passage: { readonly docId: string; readonly quote: string; readonly author: PassageAuthor } | null;
}

/** What only the worker knows of the opened article: what a caller would be told, and how often it was. */
export interface KnowledgeLookups {
  readonly state: StoreApi<LookupsState>;
  /** Another article is on the screen; the question stays, its answer does not. */
  show(docId: string | null): Promise<void>;
  setQuestion(question: string): void;
  ask(article: OpenArticle): Promise<void>;
  /** Looks up who wrote a passage; the answer is in `passage`. */
  findAuthor(docId: string, quote: string): Promise<void>;
}

export function createKnowledgeLookups(bridge: DeskBridge): KnowledgeLookups {
  const state = createStore<LookupsState>(() => ({
    docId: null,
    question: '',
    asked: { name: 'nothing' },
    usage: { name: 'loading' },
    passage: null,
  }));
  let asks = 0;

  return {
    state,
    async show(docId) {
      asks += 1;
      state.setState({ docId, asked: { name: 'nothing' }, usage: { name: 'loading' } });
      if (docId === null || spaceOf(docId) !== 'knowledge') return;
      const answer = await bridge.run('get-knowledge-usage', { docId });
      if (state.getState().docId !== docId) return;
      state.setState({
        usage: answer.ok ? { name: 'ready', usage: answer.value } : { name: 'failed', error: answer.error },
      });
    },

    async findAuthor(docId, quote) {
      const { passage } = state.getState();
      if (passage?.docId === docId && passage.quote === quote && passage.author.name !== 'unknown') return;
      state.setState({ passage: { docId, quote, author: { name: 'loading' } } });
      const answer = await bridge.run('get-knowledge-history', { docId });
      const now = state.getState().passage;
      if (now?.docId !== docId || now.quote !== quote) return;
      const found = answer.ok ? passageAuthor(answer.value.revisions, quote) : null;
      const author: PassageAuthor = found
        ? { name: 'known', author: found.author, savedAtMs: found.savedAtMs }
        : { name: 'unknown' };
      state.setState({ passage: { docId, quote, author } });
    },

    setQuestion: question => state.setState({ question: question.slice(0, 500) }),

    async ask(article) {
      const question = state.getState().question.trim();
      const docId = article.doc?.docId;
      if (question === '') return;
      asks += 1;
      const mine = asks;
      const { markdown } = article.text;
      state.setState({ asked: { name: 'asking' } });
      // A policy is judged by when it is in force, and is nothing to answer from; what is published is no draft.
      const isPublished = article.doc?.publishedId === article.doc?.headId && !isDirty(article);
      const draft =
        docId === undefined || spaceOf(docId) !== 'knowledge' || isPublished
          ? null
          : { docId, title: titleOf(article), markdown };
      const answer = await bridge.run('ask-knowledge', { question, draft });
      if (mine !== asks) return;
      state.setState({
        asked: answer.ok
          ? { name: 'answered', answer: answer.value, markdown }
          : { name: 'failed', error: answer.error },
      });
    },
  };
}
