import { z } from 'zod';
import { archiveFacetsSchema, archivePageSchema, archiveQuerySchema } from '#shared/domain/archive.ts';
import { noBody, route, type Route } from './route.ts';

/** Calls that have been: found by what was said, decided and done, and handed out. */
export const ARCHIVE_ROUTES = {
  archive: route(
    'GET',
    '/api/archive',
    'Calls by what was said, decided and done on them, newest first, with the lines that say why. Every word of `text` is looked for as the beginning of a word.',
    'call.view',
    { query: archiveQuerySchema, result: archivePageSchema },
  ),
  archiveFacets: route(
    'GET',
    '/api/archive/facets',
    'People, policies, tools and outcomes that calls can be looked for by.',
    'call.view',
    { result: archiveFacetsSchema },
  ),
  exportArchive: route(
    'GET',
    '/api/archive/export',
    'Calls of a search as JSON lines: each event of each call, redacted, at most 1,000 calls; or one call with `callId`. Audited.',
    'call.export',
    { query: archiveQuerySchema.extend({ callId: z.string().max(64).default('') }), result: noBody },
  ),
  capsule: route(
    'GET',
    '/api/calls/:id/capsule',
    'One ended call as one file that proves itself: redacted events, chain, policies, citations, and its audio unless `audio=no`. Audited.',
    'call.export',
    {
      params: z.object({ id: z.string().min(1).max(64) }),
      query: z.object({ audio: z.enum(['yes', 'no']).default('yes') }),
      result: noBody,
    },
  ),
} as const satisfies Record<string, Route>;
