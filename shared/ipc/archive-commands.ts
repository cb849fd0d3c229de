import { z } from 'zod';
import { archiveFacetsSchema, archivePageSchema, archiveQuerySchema } from '#shared/domain/archive.ts';
import { callIdSchema } from '#shared/domain/ids.ts';
import { auditProofSchema } from '#shared/protocol/audit.ts';
import { capsuleViewSchema, MAX_CAPSULE_BYTES } from '#shared/protocol/capsule.ts';
import { policyReplayQuerySchema, policyReplaySchema } from '#shared/protocol/policy-replay.ts';

/** Calls that have been: searched, proven, handed out and opened, and judged again. */
export const ARCHIVE_COMMANDS = {
  /** From the worker; `asOfMs` where it is from this desk, which has a window of calls. */
  'search-archive': {
    args: archiveQuerySchema,
    result: archivePageSchema.extend({ asOfMs: z.number().optional() }),
    fails: ['input.invalid', 'worker.unreachable'],
  },
  'get-archive-facets': { args: z.object({}), result: archiveFacetsSchema, fails: ['worker.unreachable'] },
  'prove-audit': {
    args: z.object({}),
    result: auditProofSchema,
    fails: ['access.denied', 'storage.unreachable', 'worker.unreachable'],
  },
  /** One ended call as one file, in base64. */
  'make-capsule': {
    args: z.object({ callId: callIdSchema, withAudio: z.boolean() }),
    result: z.object({ fileName: z.string(), capsuleBase64: z.string() }),
    fails: ['access.denied', 'call.unknown', 'input.invalid', 'worker.unreachable'],
  },
  'open-capsule': {
    args: z.object({ capsuleBase64: z.string().max(Math.ceil(MAX_CAPSULE_BYTES / 3) * 4) }),
    result: capsuleViewSchema,
    fails: ['capsule.invalid', 'input.too-large'],
  },
  /** The capsule that waits for a page: the desk was started with it (`--open FILE`), or the menu opened it. Null when there is none any more. */
  'take-waiting-capsule': {
    args: z.object({}),
    result: z.object({ capsule: capsuleViewSchema.nullable() }),
    fails: ['capsule.invalid', 'input.too-large'],
  },
  'list-policies': {
    args: z.object({}),
    result: z.object({
      label: z.string(),
      documents: z.array(
        z.object({ name: z.string(), source: z.enum(['shipped', 'org']), text: z.string() }),
      ),
    }),
    fails: ['worker.unreachable'],
  },
  /** Judges what the AI drafted on past calls with a draft of a policy document. Changes nothing. */
  'replay-policy': {
    args: policyReplayQuerySchema,
    result: policyReplaySchema,
    fails: ['access.denied', 'policy.invalid', 'worker.unreachable'],
  },
} as const;
