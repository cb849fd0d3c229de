import type { FastifyRequest } from 'fastify';
import type { Clock } from '#shared/domain/clock.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { Store } from '#worker/store/store.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Route } from './route.ts';
import { signedIn } from './signed-in.ts';
import type { SessionTokens, TokenOwner } from './tokens.ts';

/** Where sessions are read. */
export interface Owners {
  readonly tokens: SessionTokens;
  readonly live: LiveSessions;
}
export const NOBODY = { actor: null, sessionId: null } as const;

/** Who asks, with the right of the route. Rejects with `access.unauthenticated` and `access.denied`. */
export async function authorise(
  request: FastifyRequest,
  route: Route,
  owners: Owners,
): Promise<TokenOwner | typeof NOBODY> {
  const owner = await ownerOf(request, owners);
  if (route.needs === 'public') return owner ?? NOBODY;
  const person = signedIn(owner?.actor ?? null);
  if (route.needs !== 'session' && !may(person.role, route.needs))
    throw appError('access.denied', `Your role may not do this; it needs the right ${route.needs}.`);
  return owner ?? NOBODY;
}

export interface DenialDeps {
  readonly store: Pick<Store, 'recordAccess'>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Whoever asked for what their role may not is written down (ACC10). */
export async function recordDenial(
  { store, clock, newId }: DenialDeps,
  { path, needs }: Route,
  actor: Actor | null,
  error: unknown,
): Promise<void> {
  if (!actor || !AppError.is(error) || error.body.code !== 'access.denied') return;
  await store.recordAccess({
    id: newId(),
    orgId: actor.orgId,
    userId: actor.userId,
    action: needs,
    outcome: 'denied',
    atMs: clock.now(),
    payload: { path },
  });
}

/** Whose session a request brings: a bearer token, or for browsers' sockets, which cannot set headers, a subprotocol. */
export async function ownerOf(request: FastifyRequest, { tokens, live }: Owners): Promise<TokenOwner | null> {
  const bearer = /^Bearer (.+)$/iu.exec(request.headers.authorization ?? '')?.[1];
  const subprotocol = /(?:^|,\s*)sidetone\.([^,\s]+)/u.exec(
    request.headers['sec-websocket-protocol'] ?? '',
  )?.[1];
  const token = bearer ?? subprotocol;
  const owner = token === undefined ? null : await tokens.readOwner(token);
  return owner !== null && owner.sessionId !== null && live.hasEnded(owner.sessionId) ? null : owner;
}
