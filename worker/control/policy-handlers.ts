import type { Actor } from '#shared/domain/roles.ts';
import type { z } from 'zod';
import { appError } from '#shared/errors/app-error.ts';
import type { policyReplayQuerySchema } from '#shared/protocol/policy-replay.ts';
import type { PolicyDesk } from '#worker/rulebook/policy-desk.ts';

interface Asked<Body> {
  readonly body: Body;
  readonly actor: Actor | null;
}

/** The routes of `policy-routes.ts`. What they may be asked by is checked before. */
export function policyHandlers(desk: PolicyDesk | null) {
  const of = (actor: Actor | null): { readonly desk: PolicyDesk; readonly actor: Actor } => {
    if (!actor)
      throw appError('access.unauthenticated', 'Sign in first: send the session token as a bearer token.');
    if (!desk) throw appError('input.invalid', 'The policies of this worker are fixed.');
    return { desk, actor };
  };
  return {
    policies: async (asked: Pick<Asked<unknown>, 'actor'>) => {
      const { desk, actor } = of(asked.actor);
      const { label, documents, problems, versions } = desk.status(actor.orgId);
      return {
        label,
        documents: documents.map(({ source, document }) => ({ source, document })),
        problems: [...problems],
        versions: [...versions],
      };
    },
    publishPolicies: async ({ body, actor: asking }: Asked<{ readonly document: unknown }>) => {
      const { desk, actor } = of(asking);
      return desk.publish(actor.orgId, body.document, actor);
    },
    previewPolicies: async ({
      body,
      actor: asking,
    }: Asked<{ readonly document: unknown; readonly calls: number }>) => {
      const { desk, actor } = of(asking);
      const { changes, ...rest } = await desk.preview(actor.orgId, body.document, body.calls);
      return { ...rest, changes: [...changes] };
    },
    replayPolicy: async ({ body, actor: asking }: Asked<z.output<typeof policyReplayQuerySchema>>) => {
      const { desk, actor } = of(asking);
      const { text, ...window } = body;
      const { changes, clusters, ...rest } = await desk.replay(actor.orgId, draftOf(text), window);
      return { ...rest, changes: [...changes], clusters: [...clusters] };
    },
  };
}

function draftOf(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw appError(
      'policy.invalid',
      `The draft is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`,
    );
  }
}
