import { WebhookReceiver, type WebhookEvent } from 'livekit-server-sdk';
import type { RoomEventRow } from '#shared/adapters/consultation-book.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';

/** LiveKit gives an event up after seconds; what is older was kept by somebody who wants to tell it again (HOOK2). */
export const MAX_EVENT_AGE_MS = 600_000;

/** The key pair with which LiveKit signs its events: `webhook.api_key` of its configuration. */
export interface WebhookKey {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface WebhookRequest {
  readonly body: string;
  readonly authorization: string | undefined;
  readonly nowMs: number;
}

/** One event of the server, once its signature has been checked. Rejects with `access.unauthenticated`, `input.invalid` (HOOK1). */
export async function readWebhook(
  { apiKey, apiSecret }: WebhookKey,
  { body, authorization, nowMs }: WebhookRequest,
): Promise<RoomEventRow> {
  const event = await new WebhookReceiver(apiKey, apiSecret)
    .receive(body, authorization)
    .catch((cause: unknown) => {
      const { body: refusal } = appError(
        'access.unauthenticated',
        'The event is not signed by our LiveKit server.',
      );
      throw new AppError(refusal, { cause });
    });
  if (event.id === '') throw appError('input.invalid', 'The event has no id.');
  const createdAtMs = Number(event.createdAt) * 1000;
  if (nowMs - createdAtMs > MAX_EVENT_AGE_MS)
    throw appError('access.unauthenticated', 'The event is too old to be believed.');
  return {
    id: event.id,
    name: event.event,
    roomName: event.room?.name ?? event.egressInfo?.roomName ?? '',
    createdAtMs,
    receivedAtMs: Math.round(nowMs),
    roomCreatedAtMs: roomCreatedAtMs(event),
    recordingUrl: event.event === 'egress_ended' ? recordingOf(event) : null,
    payloadJson: body,
  };
}

function roomCreatedAtMs({ room }: WebhookEvent): number | null {
  const preciseMs = Number(room?.creationTimeMs ?? 0);
  const seconds = Number(room?.creationTime ?? 0);
  return preciseMs || seconds * 1000 || null;
}

const recordingOf = ({ egressInfo }: WebhookEvent): string | null =>
  egressInfo?.fileResults.find(file => file.location !== '')?.location ?? null;
