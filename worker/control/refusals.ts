import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { AppError, appError, toErrorBody, type ErrorCode } from '#shared/errors/app-error.ts';

const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  'access.unauthenticated': 401,
  'access.denied': 403,
  'access.too-often': 429,
  'grant.invalid': 403,
  'call.unknown': 404,
  'recording.none': 404,
  'recording.expired': 410,
  'room.unknown': 404,
  'knowledge.unknown': 404,
  'storage.unreachable': 503,
  'media.not-configured': 503,
  'media.unreachable': 503,
  'policy.invalid': 400,
  'input.invalid': 400,
  'input.too-large': 413,
  'bug.invariant': 500,
};

export function refuse(reply: FastifyReply, error: AppError, status?: number): FastifyReply {
  return reply.status(status ?? STATUS[error.body.code] ?? 409).send({ error: error.body });
}

/** Any failure of a request in our own shape: what HTTP calls the client's fault is input, the rest has a code or is a bug (API1). */
export function toRefusal(error: unknown): AppError {
  if (AppError.is(error)) return error;
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return appError('input.too-large', 'The request is larger than this address takes.');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return appError(
      'input.invalid',
      'The request is not one this API takes. It takes JSON; see /api/openapi.json.',
    );
  return new AppError(toErrorBody(error, 'worker'));
}

/** Answers what is not even HTTP, and ends the connection. */
export function refuseRaw(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const { body } = isLarge
    ? appError('input.too-large', 'The head of the request is too large.')
    : appError('input.invalid', 'This is not HTTP.');
  const text = JSON.stringify({ error: body });
  socket.end(
    `HTTP/1.1 ${isLarge ? '431 Request Header Fields Too Large' : '400 Bad Request'}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${String(Buffer.byteLength(text))}\r\n\r\n${text}`,
  );
}
