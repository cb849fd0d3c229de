import { describe, expect, test } from 'vitest';
import type { ReplyRequest } from '#shared/adapters/reply-model.ts';
import { policySchema, type PolicyOf } from '#shared/domain/policy-document.ts';
import { judgeConfidence } from './judge-confidence.ts';

const rules = policySchema.parse({
  kind: 'confidence',
  intent: { clarifyBelowRatio: 0.6, offerHumanBelowRatio: 0.3 },
  passages: { clarifyBelowRatio: 0.5, offerHumanBelowRatio: 0.2 },
}) as PolicyOf<'confidence'>;
const hit = (scoreRatio: number) => ({ scoreRatio }) as ReplyRequest['hits'][number];
const tool = (status: 'ok' | 'error') => ({ status }) as ReplyRequest['tools'][number];

describe('confidence', () => {
  test.each<[ReplyRequest['intent'], number, number[], ('ok' | 'error')[], string]>([
    ['CHECK_STATUS', 0.9, [], [], 'answer'],
    ['CHECK_STATUS', 0.5, [], [], 'clarify'],
    ['CHECK_STATUS', 0.2, [], [], 'offer-human'],
    ['UNKNOWN', 0, [], [], 'answer'],
    ['TRANSFER_HUMAN', 0.1, [], [], 'answer'],
    ['UNKNOWN', 0, [0.4, 0.1], [], 'clarify'],
    ['UNKNOWN', 0, [0.1], [], 'offer-human'],
    ['UNKNOWN', 0, [0.1], ['error'], 'offer-human'],
    ['UNKNOWN', 0, [0.1], ['ok'], 'answer'],
    ['CHECK_STATUS', 0.5, [0.1], [], 'offer-human'],
  ])('[POL58] %s at %d with passages %j and tools %j: %s', (intent, confidenceRatio, hits, tools, kind) => {
    const request = { intent, confidenceRatio, hits: hits.map(hit), tools: tools.map(tool) };
    expect(judgeConfidence(rules, request).kind).toBe(kind);
    expect(judgeConfidence(null, request).kind).toBe('answer');
  });
});
