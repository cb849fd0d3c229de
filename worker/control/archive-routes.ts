import { archiveFacetsSchema, archivePageSchema, archiveQuerySchema } from '#shared/domain/archive.ts';
import { route, type Route } from './route.ts';

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
} as const satisfies Record<string, Route>;
