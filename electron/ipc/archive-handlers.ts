import { appError } from '#shared/errors/app-error.ts';
import { archiveFacetsSchema, archivePageSchema } from '#shared/domain/archive.ts';
import { policyDocumentSchema } from '#shared/domain/policy-document.ts';
import type { ARCHIVE_COMMANDS } from '#shared/ipc/archive-commands.ts';
import type { CommandHandlers } from '#shared/ipc/commands.ts';
import { auditProofSchema } from '#shared/protocol/audit.ts';
import { CAPSULE_SUFFIX } from '#shared/protocol/capsule.ts';
import { policyReplaySchema } from '#shared/protocol/policy-replay.ts';
import { z } from 'zod';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { isAway } from './is-away.ts';

/** What takes the worker longer than a question of a screen may. */
const PROOF_LIMIT_MS = 120_000;
const policiesSchema = z.object({
  label: z.string(),
  documents: z.array(z.object({ source: z.enum(['shipped', 'org']), document: policyDocumentSchema })),
});

/** Calls that have been: searched, proven, handed out, opened and judged again. */
export function archiveHandlers(
  core: DeskCore,
  data: DeskData,
): Pick<CommandHandlers, keyof typeof ARCHIVE_COMMANDS> {
  const { archive, calls } = data.store;
  return {
    'search-archive': async query => {
      const asked = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
      );
      try {
        return await core.ask(api => api.get(`/api/archive?${asked.toString()}`, archivePageSchema));
      } catch (error) {
        if (!isAway(error)) throw error;
        const { calls: kept, seenAtMs } = await calls.facts();
        if (kept === 0 || seenAtMs === null) throw error;
        return { ...(await archive.search(query)), asOfMs: seenAtMs };
      }
    },
    'get-archive-facets': async () => {
      try {
        return await core.ask(api => api.get('/api/archive/facets', archiveFacetsSchema));
      } catch (error) {
        if (!isAway(error)) throw error;
        return archive.facets();
      }
    },
    'prove-audit': () => core.ask(api => api.get('/api/audit/proof', auditProofSchema, PROOF_LIMIT_MS)),
    'make-capsule': async ({ callId, withAudio }) => {
      const bytes = await core.ask(api =>
        api.bytes(`/api/calls/${encodeURIComponent(callId)}/capsule?audio=${withAudio ? 'yes' : 'no'}`),
      );
      return {
        fileName: `${callId.replaceAll(/[^\w.-]/gu, '_')}${CAPSULE_SUFFIX}`,
        capsuleBase64: Buffer.from(bytes).toString('base64'),
      };
    },
    'open-capsule': async ({ capsuleBase64 }) => {
      const view = await core.capsules.open(Buffer.from(capsuleBase64, 'base64'));
      core.did('capsule.opened', { callId: view.callId });
      return view;
    },
    'take-waiting-capsule': async () => ({ capsule: await core.capsules.takeWaiting() }),
    'list-policies': async () => {
      const { label, documents } = await core.ask(api => api.get('/api/policies', policiesSchema));
      return {
        label,
        documents: documents.map(({ source, document }) => ({
          name: document.name,
          source,
          text: JSON.stringify(document, null, 2),
        })),
      };
    },
    'replay-policy': async query => {
      if (core.link.state.name !== 'live')
        throw appError('worker.unreachable', 'A policy is judged by the worker. Try again once it is back.', { origin: 'electron', retryable: true }); // prettier-ignore
      return core.ask(api => api.post('/api/policies/replay', query, policyReplaySchema, PROOF_LIMIT_MS));
    },
  };
}
