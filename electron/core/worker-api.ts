import { z } from 'zod';
import { windowFiguresSchema, type FigureQuery, type WindowFigures } from '#shared/domain/call-figures.ts';
import { listedCallSchema, type CallQuery, type ListedCall } from '#shared/domain/call-list.ts';
import { accountSchema, type ToldAccount } from '#shared/domain/account.ts';
import { CAPABILITIES, roleSchema, type Role } from '#shared/domain/roles.ts';
import { AppError, appError, errorBodySchema } from '#shared/errors/app-error.ts';

import { callIdSchema, type CallId } from '#shared/domain/ids.ts';
import type { PlaceCall } from '#shared/protocol/place-call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { readCallEvent } from '#shared/events/read-call-event.ts';
import {
  audioGrantSchema,
  type AudioDirection,
  type AudioGrantAnswer,
} from '#shared/protocol/audio-grant.ts';

const REQUEST_TIMEOUT_MS = 5000;

const userSchema = z.object({
  userId: z.string(),
  name: z.string(),
  role: roleSchema,
  capabilities: z.array(z.enum(CAPABILITIES)),
});
const sessionSchema = z.object({ token: z.string(), user: userSchema });
export type WorkerSession = z.infer<typeof sessionSchema>;
const accountSessionSchema = sessionSchema.extend({ refreshToken: z.string(), expiresInS: z.number() });
export type AccountSessionAnswer = z.infer<typeof accountSessionSchema>;

const refusalSchema = z.object({ error: errorBodySchema });

/** The worker's HTTP API as the desk uses it. Rejects with the worker's own error, or `worker.unreachable`. */
export class WorkerApi {
  readonly #url: string;
  readonly #token: string | null;

  constructor(url: string, token: string | null) {
    this.#url = url;
    this.#token = token;
  }

  signIn(bootSecret: string): Promise<WorkerSession> {
    return this.post('/api/sessions', { bootSecret }, sessionSchema);
  }

  /** A session for another person of the org; for admins. */
  mint(userId: string): Promise<WorkerSession> {
    return this.post('/api/sessions', { userId }, sessionSchema);
  }

  /** Rejects with `account.*`, `access.too-often`. */
  openSession(wish: {
    readonly email: string;
    readonly password: string;
    readonly newPassword?: string | undefined;
    readonly device: string;
  }): Promise<AccountSessionAnswer> {
    return this.post('/api/sign-in', wish, accountSessionSchema);
  }

  /** Rejects with `access.unauthenticated` when the token is not good any more. */
  renewSession(refreshToken: string, device: string): Promise<AccountSessionAnswer> {
    return this.post('/api/sign-in/refresh', { refreshToken, device }, accountSessionSchema);
  }

  async signOut(): Promise<void> {
    await this.post('/api/sign-out', {}, z.object({}));
  }

  async changePassword(change: { readonly password: string; readonly newPassword: string }): Promise<void> {
    await this.post('/api/account/password', change, z.object({}));
  }

  async accounts(): Promise<ToldAccount[]> {
    const result = z.object({ accounts: z.array(accountSchema) });
    return (await this.#ask('/api/accounts', {}, result)).accounts;
  }

  addAccount(wish: { readonly email: string; readonly name: string; readonly role: Role }) {
    return this.post(
      '/api/accounts',
      wish,
      z.object({ account: accountSchema, temporaryPassword: z.string() }),
    );
  }

  async changeAccount(
    userId: string,
    change: { readonly role?: Role | undefined; readonly status?: string | undefined },
  ): Promise<ToldAccount> {
    const path = `/api/accounts/${encodeURIComponent(userId)}`;
    return (await this.post(path, change, z.object({ account: accountSchema }))).account;
  }

  async resetPassword(userId: string): Promise<string> {
    const path = `/api/accounts/${encodeURIComponent(userId)}/reset-password`;
    return (await this.post(path, {}, z.object({ temporaryPassword: z.string() }))).temporaryPassword;
  }

  /** Who this session belongs to. */
  currentUser(): Promise<WorkerSession['user']> {
    return this.get('/api/sessions/current', userSchema);
  }

  async callEvents(callId: string, afterSeq: number): Promise<CallEvent[]> {
    const path = `/api/calls/${encodeURIComponent(callId)}/events?afterSeq=${String(afterSeq)}`;
    const { events } = await this.get(path, z.object({ events: z.array(z.unknown()) }));
    return events.map(readCallEvent).filter(event => event !== null);
  }

  async placeCall(request: PlaceCall): Promise<CallId> {
    return (await this.post('/api/calls', request, z.object({ callId: callIdSchema }))).callId;
  }

  async calls({ limit, beforeMs, query, filter }: CallQuery): Promise<ListedCall[]> {
    const search = new URLSearchParams({ limit: String(limit), beforeMs: String(beforeMs), query, filter });
    const result = z.object({ calls: z.array(listedCallSchema) });
    return (await this.get(`/api/calls?${search.toString()}`, result)).calls;
  }

  figures({ fromMs, toMs }: FigureQuery): Promise<WindowFigures> {
    const search = new URLSearchParams({ fromMs: String(fromMs), toMs: String(toMs) });
    return this.get(`/api/figures?${search.toString()}`, windowFiguresSchema);
  }

  /** The recording of one call as the worker gives it, ranges included. Rejects only when nobody answers. */
  recording(callId: string, range: string | null): Promise<Response> {
    return this.#raw(`/api/calls/${encodeURIComponent(callId)}/recording`, range === null ? {} : { range });
  }

  /** What the recording of one call looks like, as the worker gives it. Rejects only when nobody answers. */
  recordingPeaks(callId: string): Promise<Response> {
    return this.#raw(`/api/calls/${encodeURIComponent(callId)}/recording/peaks`, {});
  }

  async #raw(path: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, { headers: { ...this.#authorization(), ...headers } });
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  audioGrant(callId: string, direction: AudioDirection): Promise<AudioGrantAnswer> {
    return this.post(
      `/api/calls/${encodeURIComponent(callId)}/audio-grants`,
      { direction },
      audioGrantSchema,
    );
  }

  #authorization(): Record<string, string> {
    return this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** Rejects with the worker's refusal, or `worker.unreachable`. */
  get<Result>(path: string, result: z.ZodType<Result>, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Result> {
    return this.#ask(path, {}, result, timeoutMs);
  }

  post<Result>(
    path: string,
    body: unknown,
    result: z.ZodType<Result>,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<Result> {
    return this.#ask(
      path,
      { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
      result,
      timeoutMs,
    );
  }

  /** Bytes as the worker keeps them. Rejects as `get` does. */
  async bytes(path: string): Promise<Uint8Array> {
    const response = await this.#raw(path, {});
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    const refusal = refusalSchema.safeParse(await response.json().catch(() => null));
    if (refusal.success) throw new AppError(refusal.data.error);
    throw unreachable(null);
  }

  async #ask<Result>(
    path: string,
    init: RequestInit,
    result: z.ZodType<Result>,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<Result> {
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(`${this.#url}${path}`, {
        ...init,
        headers: {
          ...init.headers,
          ...this.#authorization(),
        },
        signal: AbortSignal.timeout(timeoutMs),
      });
      body = await response.json();
    } catch (cause) {
      throw unreachable(cause);
    }
    const refusal = refusalSchema.safeParse(body);
    if (refusal.success) throw new AppError(refusal.data.error);
    const parsed = result.safeParse(body);
    if (!parsed.success)
      throw appError(
        'worker.unreachable',
        'The worker answers in a way this desk does not know. Update the older side.',
        { origin: 'electron' },
      );
    return parsed.data;
  }
}

function unreachable(cause: unknown): AppError {
  return new AppError(
    {
      code: 'worker.unreachable',
      message: 'The worker cannot be reached. It is tried again.',
      retryable: true,
      origin: 'electron',
    },
    { cause },
  );
}
