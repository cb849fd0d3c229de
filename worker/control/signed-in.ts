import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';

/** Who asks. Throws `access.unauthenticated` where nobody is signed in. */
export function signedIn(actor: Actor | null): Actor {
  if (!actor)
    throw appError('access.unauthenticated', 'Sign in first: send the session token as a bearer token.');
  return actor;
}
