import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { AppError, appError, type ErrorBody } from '#shared/errors/app-error.ts';
import { WorkerApi, type AccountSessionAnswer, type WorkerSession } from './worker-api.ts';
import type { SecretStore } from './secret-store.ts';

/** What is left of a token's time when the next one is asked for. */
const RENEW_AT_SHARE = 0.8;
const AGAIN_MS = 5_000;
const SECRET = 'session';

const keptSchema = z.object({ url: z.string(), device: z.string(), refreshToken: z.string() });

export interface AccountSessionOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly secrets: SecretStore;
  /** There is a new token for the same person. */
  readonly onRenewed: (session: WorkerSession) => void;
  /** The session is over: somebody has to sign in (ACC22). */
  readonly onEnded: (error: ErrorBody) => void;
}

/** The session of a person with an account at a remote worker: opens, keeps, renews and ends it (ACC20-ACC22). */
export class AccountSession {
  readonly #options: AccountSessionOptions;
  #device: string = randomUUID();
  #refreshToken: string | null = null;
  #cancel: Cancel = () => undefined;
  #renewing: Promise<WorkerSession> | null = null;
  /** Rises with each sign-in and sign-out: an answer from before changes nothing. */
  #round = 0;

  constructor(options: AccountSessionOptions) {
    this.#options = options;
  }

  /** Opens the session that was kept. Rejects with `account.sign-in-needed` where there is none any more, or `worker.unreachable`. */
  async resume(): Promise<WorkerSession> {
    const kept = this.#kept();
    if (kept) {
      this.#device = kept.device;
      this.#refreshToken = kept.refreshToken;
    }
    return this.renew();
  }

  /** Rejects with the worker's refusal; then nothing has changed. */
  async signIn(wish: {
    readonly email: string;
    readonly password: string;
    readonly newPassword?: string | undefined;
  }): Promise<WorkerSession> {
    const answer = await new WorkerApi(this.#options.url, null).openSession({
      ...wish,
      device: this.#device,
    });
    this.#round += 1;
    return this.#take(answer);
  }

  /** Asks for the next pair of tokens, once however many ask. */
  renew(): Promise<WorkerSession> {
    this.#renewing ??= this.#renew(this.#round).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  /** Forgets the session here, whether the worker hears of it or not. */
  async signOut(token: string | null): Promise<void> {
    this.#forget();
    if (token !== null) await new WorkerApi(this.#options.url, token).signOut().catch(() => undefined);
  }

  stop(): void {
    this.#cancel();
  }

  async #renew(round: number): Promise<WorkerSession> {
    const refreshToken = this.#refreshToken;
    if (refreshToken === null) throw needed('Sign in to this worker.');
    try {
      const answer = await new WorkerApi(this.#options.url, null).renewSession(refreshToken, this.#device);
      if (round !== this.#round) throw needed('Sign in to this worker.');
      const session = this.#take(answer);
      this.#options.onRenewed(session);
      return session;
    } catch (error) {
      const isOver = AppError.is(error) && error.body.code === 'access.unauthenticated';
      if (isOver && round === this.#round) {
        this.#forget();
        const over = needed('Your session has ended. Sign in again; what is on the screen stays.');
        this.#options.onEnded(over.body);
        throw over;
      }
      if (round === this.#round) this.#renewIn(AGAIN_MS);
      throw error;
    }
  }

  #take({ refreshToken, expiresInS, ...session }: AccountSessionAnswer): WorkerSession {
    this.#refreshToken = refreshToken;
    const { url, secrets } = this.#options;
    secrets.write(SECRET, JSON.stringify({ url, device: this.#device, refreshToken }));
    this.#renewIn(expiresInS * 1000 * RENEW_AT_SHARE);
    return session;
  }

  #forget(): void {
    this.#round += 1;
    this.#cancel();
    this.#refreshToken = null;
    this.#options.secrets.write(SECRET, null);
  }

  #renewIn(delayMs: number): void {
    this.#cancel();
    // What becomes of it is told by `onRenewed` and `onEnded`; a worker that is away is asked again.
    this.#cancel = this.#options.clock.after(delayMs, () => void this.renew().catch(() => undefined));
  }

  /** A session at another worker is not for this one. */
  #kept(): z.infer<typeof keptSchema> | null {
    const text = this.#options.secrets.read(SECRET);
    if (text === null) return null;
    try {
      const kept = keptSchema.parse(JSON.parse(text));
      return kept.url === this.#options.url ? kept : null;
    } catch {
      return null;
    }
  }
}

const needed = (message: string): AppError =>
  appError('account.sign-in-needed', message, { origin: 'electron' });
