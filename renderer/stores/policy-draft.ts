import { splitBlocks } from '#shared/domain/blocks.ts';
import { policyNameOf } from '#shared/domain/document-space.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import {
  clauseNamesOf,
  policyChanges,
  readPolicyText,
  type ClauseFault,
  type PolicyChange,
} from '#shared/domain/policy-text.ts';
import type { OpenArticle } from './knowledge-article.ts';
import { isDirty } from './knowledge-article.ts';

/** A policy on the screen: what its text says, what is wrong with it, and what putting it in force would change (POL71, POL72). */
export interface PolicyDraft {
  readonly name: string;
  /** Under the version it is in force as, or was last; `null` where there is none. */
  readonly version: string | null;
  readonly document: PolicyDocument | null;
  readonly faults: readonly ClauseFault[];
  readonly changes: readonly PolicyChange[];
  /** Names of the policies as they stand in the text. */
  readonly clauses: readonly string[];
  readonly isWithdrawn: boolean;
  /** What is on the screen is what calls are judged by. */
  readonly isInForce: boolean;
}

export function policyDraftOf(article: OpenArticle): PolicyDraft | null {
  const { doc, text } = article;
  if (doc === null) return null;
  const name = policyNameOf(doc.docId);
  const reading = readPolicyText(name, text.markdown);
  const before = doc.publishedMarkdown === null ? null : readPolicyText(name, doc.publishedMarkdown);
  const document = reading.ok ? reading.document : null;
  return {
    name,
    version: text.fields.policyVersion ?? null,
    document,
    faults: reading.ok ? [] : reading.faults,
    changes: document ? policyChanges(before?.ok ? before.document : null, document) : [],
    clauses: clauseNamesOf(splitBlocks(text.markdown)),
    isWithdrawn: text.fields.stage === 'archived',
    isInForce: doc.publishedId === doc.headId && !isDirty(article) && text.fields.stage !== 'archived',
  };
}

const NAME = /^[a-z][a-z0-9-]{1,39}$/u;

/** Why a document cannot have this name; `null` where it can. */
export function policyNameProblem(name: string, taken: readonly string[]): string | null {
  if (!NAME.test(name))
    return 'Two to forty small letters, digits and dashes, beginning with a letter, such as winter-sale.';
  return taken.includes(name) ? 'There is a policy of this name. Open it in the list.' : null;
}

/** What a new document begins with: one clause that forbids a phrase, to be written over. */
export const newPolicyText = (name: string): string =>
  [
    '{',
    '  "kind": "phrases",',
    `  "name": "no-${name.slice(0, 37)}",`,
    '  "phrases": ["a phrase that is never said"]',
    '}',
  ].join('\n');
