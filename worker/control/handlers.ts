import type { z } from 'zod';
import type { Actor } from '#shared/domain/roles.ts';
import type { ROUTES, RouteName } from './routes.ts';

/** What each route of the table does. Sockets, files and what is no JSON are served by themselves. */
export type Handlers = {
  readonly [
    Name in Exclude<
      RouteName,
      | 'stream'
      | 'listen'
      | 'microphone'
      | 'coach'
      | 'recording'
      | 'metrics'
      | 'livekitWebhook'
      | 'exportArchive'
      | 'capsule'
      | 'knowledgePart'
    >
  ]: (request: {
    readonly params: z.output<(typeof ROUTES)[Name]['params']>;
    readonly query: z.output<(typeof ROUTES)[Name]['query']>;
    readonly body: z.output<(typeof ROUTES)[Name]['body']>;
    readonly actor: Actor | null;
    /** The session of their account; null where they have none. */
    readonly sessionId: string | null;
    /** Where the request comes from. */
    readonly address: string;
  }) => Promise<z.input<(typeof ROUTES)[Name]['result']>>;
};
