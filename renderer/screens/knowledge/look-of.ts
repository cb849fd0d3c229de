import type { Extension } from '@codemirror/state';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { policyLook } from './editor/policy-look.ts';

const isPolicy = ({ doc }: OpenArticle): boolean => doc !== null && spaceOf(doc.docId) === 'policies';

/** How a text is shown beside another: as an article where nothing else is said. */
export const lookOf = (article: OpenArticle): { readonly look?: Extension } =>
  isPolicy(article) ? { look: policyLook } : {};

/** What the document is called in a sentence. */
export const wordOf = (article: OpenArticle): string => (isPolicy(article) ? 'policy' : 'article');
