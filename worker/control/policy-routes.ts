import { z } from 'zod';
import { policyDocumentSchema } from '#shared/domain/policy-document.ts';
import { policyReplayQuerySchema, policyReplaySchema } from '#shared/protocol/policy-replay.ts';
import { route, type Route } from './route.ts';

const judgement = z.object({
  decision: z.enum(['allow', 'redact', 'veto']),
  text: z.string(),
  policy: z.string().nullable(),
});

/** Checked by the reader of policy documents, whose faults say more than a schema's. */
const documentBody = z.object({ document: z.unknown() });

/** What an org does with its policy documents. */
export const POLICY_ROUTES = {
  policies: route(
    'GET',
    '/api/policies',
    'Policy documents in force, every version there was, and why what lies in the folder is not in force.',
    'call.view',
    {
      result: z.object({
        label: z.string(),
        documents: z.array(z.object({ source: z.enum(['shipped', 'org']), document: policyDocumentSchema })),
        problems: z.array(z.string()),
        versions: z.array(z.string()),
      }),
    },
  ),
  publishPolicies: route(
    'POST',
    '/api/policies',
    'Puts a policy document in force on every worker, in place of the one of its name, as a revision of the org’s book. Speech that has begun keeps the rules it began with.',
    'policy.edit',
    { body: documentBody, result: z.object({ label: z.string() }) },
  ),
  previewPolicies: route(
    'POST',
    '/api/policies/preview',
    'Judges what the AI drafted on the newest calls with a policy document, and lists what would change.',
    'policy.edit',
    {
      body: documentBody.extend({ calls: z.number().int().min(1).max(200).default(50) }),
      result: z.object({
        label: z.string(),
        callCount: z.number().int(),
        judgedCount: z.number().int(),
        changes: z.array(
          z.object({
            callId: z.string(),
            chunkId: z.string(),
            atMs: z.number(),
            change: z.enum(['newly-vetoed', 'no-longer-vetoed', 'redacted-differently']),
            draft: z.string(),
            before: judgement,
            after: judgement,
          }),
        ),
      }),
    },
  ),
  replayPolicy: route(
    'POST',
    '/api/policies/replay',
    'Judges the calls of a window with a draft of a policy document, or with what is in force, lists what would change, and groups what was stopped. Changes nothing.',
    'policy.edit',
    { body: policyReplayQuerySchema, result: policyReplaySchema },
  ),
} as const satisfies Record<string, Route>;
