import type { KnowledgeBase } from '#shared/adapters/knowledge-base.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { AskAnswer } from '#shared/protocol/knowledge.ts';
import { TextConversation, type TextConversationDeps } from '#worker/session/text-conversation.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { passingJournal } from './passing-journal.ts';

export interface TriedQuestion {
  readonly orgId: OrgId;
  readonly question: string;
  readonly knowledge: KnowledgeBase;
  /** The document whose text is a draft; null without. */
  readonly draftDocId: string | null;
}

/**
 * What the AI would say to a caller who asks this first: the lanes and the gate of a call, in a conversation of which nothing is
 * spoken or kept and for which no tool runs (KN28). Rejects as `TextConversation.say` does.
 */
export async function tryQuestion(
  deps: Pick<TextConversationDeps, 'clock' | 'newId' | 'model' | 'policies'>,
  { orgId, question, knowledge, draftDocId }: TriedQuestion,
  signal: AbortSignal,
): Promise<AskAnswer> {
  const conversation = new TextConversation(deps.newId() as CallId, {
    clock: deps.clock,
    newId: deps.newId,
    model: deps.model,
    policies: deps.policies,
    journal: passingJournal(),
    sources: { knowledge: () => knowledge, tools: new ToolRegistry([]) },
    orgId,
    displayName: '',
  });
  try {
    const { text, sentences, tookMs } = await conversation.say(question, signal);
    const citations = sentences.flatMap(sentence => sentence.citations);
    return {
      answer: text,
      citations: citations
        .filter(
          ({ kind, sourceId, quote }, at) =>
            kind === 'document' &&
            citations.findIndex(one => one.sourceId === sourceId && one.quote === quote) === at,
        )
        .map(({ sourceId, title, quote }) => ({
          docId: sourceId,
          title,
          section: title,
          quote,
          isDraft: sourceId === draftDocId,
        })),
      verdicts: sentences.flatMap(sentence =>
        sentence.verdicts.map(({ policy, decision, reason }) => ({ policy, decision, reason })),
      ),
      tookMs,
      snapshotId: knowledge.snapshotId,
    };
  } finally {
    conversation.end('caller-hung-up');
  }
}
