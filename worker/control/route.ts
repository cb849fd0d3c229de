import { z } from 'zod';
import type { Capability } from '#shared/domain/roles.ts';

export const noBody = z.object({});

/** One route of the control API: what it takes, gives and needs. The server and the OpenAPI document are made from it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly says: string;
  /** `public`: no session; otherwise the right it needs. */
  readonly needs: 'public' | 'session' | Capability;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly result: z.ZodType;
  /** Where it takes more than a message of a client. */
  readonly maxBodyBytes?: number;
}

export function route<
  Params extends z.ZodType = typeof noBody,
  Query extends z.ZodType = typeof noBody,
  Body extends z.ZodType = typeof noBody,
  Result extends z.ZodType = typeof noBody,
>(
  method: Route['method'],
  path: string,
  says: string,
  needs: Route['needs'],
  parts: { params?: Params; query?: Query; body?: Body; result: Result; maxBodyBytes?: number },
) {
  return {
    method,
    path,
    says,
    needs,
    params: (parts.params ?? noBody) as Params,
    query: (parts.query ?? noBody) as Query,
    body: (parts.body ?? noBody) as Body,
    result: parts.result,
    ...(parts.maxBodyBytes === undefined ? {} : { maxBodyBytes: parts.maxBodyBytes }),
  };
}
