import { describe, expect, test } from 'vitest';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import { compileDocuments, type OrgRules } from './org-rules.ts';
import { previewCall } from './preview-policies.ts';

function rulesFor(policies: readonly object[]): OrgRules {
  const read = readPolicyDocument({ format: 2, name: 'draft', version: 9, policies }, 'draft');
  const answer = read.ok ? compileDocuments([read.document], null) : null;
  if (!answer?.ok) throw new Error(JSON.stringify(read));
  return answer.rules;
}
const turn = (turnId: string): { readonly turnId: never } => ({ turnId: turnId as never });
const drafted = (turnId: string, id: string, text: string): CallEventDraft => ({
  type: 'chunk.drafted',
  ...turn(turnId),
  chunkId: id as never,
  epoch: 0,
  lane: 'B',
  origin: 'reply',
  text,
  citations: [],
  noteIds: [],
});
const allowed = (id: string): CallEventDraft => ({
  type: 'chunk.allowed',
  chunkId: id as never,
  verdicts: [],
  judgeMs: 0,
});
const vetoed = (id: string, by: 'policy' | 'supervisor'): CallEventDraft => ({
  type: 'chunk.vetoed',
  chunkId: id as never,
  by,
  policy: by === 'policy' ? 'old-policy' : 'supervisor',
  reason: 'old',
  remedy: 'drop',
  auditId: 'a',
  verdicts: [],
  judgeMs: 0,
});
const tool: CallEventDraft = {
  type: 'tool.finished',
  ...turn('t1'),
  auditId: 't',
  tool: 'lookup_order',
  status: 'ok',
  latencyMs: 1,
  requestHash: '',
  responseHash: '',
  redactedRequest: '{}',
  redactedResponse: '{"status":"ok","facts":[{"name":"days","value":"2"}]}',
};
const call = (...drafts: CallEventDraft[]) => drafts.map((draft, seq) => eventOf('c1', seq, draft));

describe('preview', () => {
  test('[POL25] tells what would be newly vetoed, no longer vetoed and redacted differently, and nothing else', () => {
    const events = call(
      tool,
      drafted('t1', 'a', 'It takes two days. '),
      allowed('a'),
      drafted('t1', 'b', 'I promise that. '),
      allowed('b'),
      drafted('t1', 'c', 'Goodbye. '),
      allowed('c'),
      drafted('t2', 'd', 'You will get a refund. '),
      vetoed('d', 'policy'),
      drafted('t3', 'e', 'Write to anna@example.org. '),
      allowed('e'),
      drafted('t4', 'f', 'I promise it too. '),
      vetoed('f', 'supervisor'),
    );
    const { judgedCount, changes } = previewCall(
      rulesFor([{ kind: 'phrases', name: 'no-promise', phrases: ['i promise'] }]),
      events,
    );
    expect(judgedCount).toBe(5);
    expect(changes.map(({ chunkId, change, after }) => [chunkId, change, after.policy])).toEqual([
      ['b', 'newly-vetoed', 'no-promise'],
      ['d', 'no-longer-vetoed', null],
      ['e', 'redacted-differently', 'personal-data'],
    ]);
    expect(changes[1]?.before).toEqual({ decision: 'veto', text: '', policy: 'old-policy' });
    expect(changes[2]?.after.text).toBe('Write to the details on file. ');
  });
});
