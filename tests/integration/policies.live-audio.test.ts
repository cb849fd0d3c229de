import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventType } from '#shared/events/call-event.ts';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { FALLBACK_SENTENCE } from '#worker/lanes/reasoned/reply-lane.ts';
import { compileDocuments, type OrgRules } from '#worker/rulebook/org-rules.ts';
import { startCallBench, type CallBench } from './call-bench.ts';

function rulesFor(policies: readonly object[]): OrgRules {
  const read = readPolicyDocument({ format: 2, name: 'strict', version: 6, policies }, 'strict');
  const answer = read.ok ? compileDocuments([read.document], null) : null;
  if (!answer?.ok) throw new Error(JSON.stringify([read, answer]));
  return answer.rules;
}

let bench: CallBench;
beforeAll(async () => {
  bench = await startCallBench({
    policies: rulesFor([
      // Whatever the demo's brain answers to a plea holds one of these, its safe second try too.
      { kind: 'phrases', name: 'no-refund-talk', phrases: ['refund', 'guarantee', 'a colleague will'] },
      {
        kind: 'required-statement',
        name: 'short-notice',
        anyOf: ['our conversation may be kept'],
        before: 'first-answer',
        remedy: 'say',
        text: 'Our conversation may be kept.',
      },
    ]),
  });
});
afterAll(() => bench.stop());

const on = (callId: CallId, type: CallEventType, fits: (event: never) => boolean = () => true) =>
  bench.journal.until(
    event => event.conversationId === callId && event.type === type && fits(event as never),
  );
const eventsOf = (callId: CallId): readonly CallEvent[] =>
  bench.journal.events.filter(event => event.conversationId === callId);

describe('policies on a real call', { timeout: 150_000 }, () => {
  test('[RSN3][POL51][POL52][POL4] two vetoes lead to the fallback sentence and a call for a person; the notice comes before any answer', async () => {
    const callId = bench.ring('angry-refund');
    await on(callId, 'attention.raised', (event: { reason: string }) => event.reason === 'answer-failed');
    await on(callId, 'call.ended');
    const events = eventsOf(callId);
    const drafts = events.filter(event => event.type === 'chunk.drafted');
    const origins = drafts.map(({ origin }) => origin);
    expect(origins.indexOf('rephrase')).toBeGreaterThan(origins.indexOf('reply'));
    expect(origins.indexOf('fallback')).toBeGreaterThan(origins.indexOf('rephrase'));
    const released = events.filter(event => event.type === 'chunk.released').map(({ text }) => text);
    expect(released).toContain(FALLBACK_SENTENCE);
    expect(released.join(' ')).not.toMatch(/refund|guarantee/iu);

    const own = drafts.filter(({ text }) => text === 'Our conversation may be kept.');
    expect(own.map(({ origin }) => origin)).toEqual(['notice']);
    const sounding = events.filter(event => event.type === 'chunk.speaking').map(({ chunkId }) => chunkId);
    const answers = drafts.filter(({ origin }) => ['reply', 'rephrase', 'fallback'].includes(origin));
    const firstAnswer = sounding.findIndex(chunkId => answers.some(answer => answer.chunkId === chunkId));
    expect(sounding.indexOf(own[0]?.chunkId as never)).toBeGreaterThanOrEqual(0);
    expect(sounding.indexOf(own[0]?.chunkId as never)).toBeLessThan(firstAnswer);

    const versions = events
      .filter(event => event.type === 'chunk.vetoed')
      .flatMap(({ verdicts }) => verdicts.map(({ documentVersion }) => documentVersion));
    expect(new Set(versions)).toEqual(new Set(['strict@6']));
  });
});
