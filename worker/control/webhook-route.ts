import type { FastifyInstance } from 'fastify';
import type { ConsultationBook } from '#shared/adapters/consultation-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { appError } from '#shared/errors/app-error.ts';
import { readWebhook, type WebhookKey } from './read-webhook.ts';
import { ROUTES } from './routes.ts';

const CONTENT_TYPE = 'application/webhook+json';
/** Metadata of a room and its participants are part of an event. */
const MAX_BODY_BYTES = 256 * 1024;

interface WebhookDeps {
  /** `null` where calls do not run in rooms. */
  readonly key: WebhookKey | null;
  readonly store: ConsultationBook;
  readonly clock: Clock;
}

/** Takes the server's events. The signature is over the bytes, so the body stays as it came. */
export function addWebhookRoute(server: FastifyInstance, { key, store, clock }: WebhookDeps): void {
  const options = { parseAs: 'string', bodyLimit: MAX_BODY_BYTES } as const;
  server.addContentTypeParser(CONTENT_TYPE, options, (_request, body, done) => done(null, body));
  server.post(ROUTES.livekitWebhook.path, { bodyLimit: MAX_BODY_BYTES }, async request => {
    if (!key) throw appError('media.not-configured', 'This worker has no LiveKit server.');
    const { body, headers } = request;
    if (typeof body !== 'string') throw appError('input.invalid', `An event comes as ${CONTENT_TYPE}.`);
    const nowMs = clock.now();
    const event = await readWebhook(key, { body, authorization: headers.authorization, nowMs });
    return { taken: await store.recordRoomEvent(event) };
  });
}
