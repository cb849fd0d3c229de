import type { Clock } from '#shared/domain/clock.ts';
import type { CommandResult } from '#shared/protocol/supervision.ts';
import { AppError, appError, toErrorBody, type ErrorCode } from '#shared/errors/app-error.ts';
import type { DeskNotice, DeskNoticeName } from '#shared/ipc/notices.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { FigureQuery, WindowFigures } from '#shared/domain/call-figures.ts';
import type { CallQuery, ListedCall } from '#shared/domain/call-list.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { PlaceCall } from '#shared/protocol/place-call.ts';
import type { AudioWay } from '#shared/ipc/audio-way.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import type { AudioDirection } from '#shared/protocol/audio-grant.ts';
import { CapsuleShelf } from './capsule-shelf.ts';
import type { KnownKeys } from '#electron/storage/known-keys.ts';
import { SettingsFile } from '#electron/storage/settings-file.ts';
import { AccountSession } from './account-session.ts';
import { openAudio, type AudioLink, type AudioLinkEvents } from './audio-link.ts';
import { audioWay } from './audio-way.ts';
import { MemorySecrets, type SecretStore } from './secret-store.ts';
import { WorkerApi, type WorkerSession } from './worker-api.ts';
import { WorkerLink, type FloorMessage, type SupervisionRequest } from './worker-link.ts';

/** Who sits at a desk without accounts. */
const LOCAL_USER_ID = 'user-reyes';

const SIGN_IN_AGAIN_MS = 1000;

/** Where the worker is, from whoever starts it. */
export type WorkerWhereabouts =
  | { readonly name: 'gone'; readonly code: ErrorCode; readonly message: string }
  | { readonly name: 'at'; readonly url: string; readonly bootSecret: string }
  | { readonly name: 'remote'; readonly url: string; readonly token: string }
  /** Elsewhere, for people with accounts there. */
  | { readonly name: 'account'; readonly url: string };

/** A call a person has on the line. */
export interface HeldCall {
  readonly callId: CallId;
  readonly displayName: string;
}

/** What pages are told unasked. */
export interface ToldNotice {
  readonly name: DeskNoticeName;
  readonly notice: unknown;
}

type DeedListener = (kind: string, what: Readonly<Record<string, unknown>>) => void;

/** Everything the desktop does that is not a window: sign-in, the link to the worker, its sockets. Never imports electron. */
export class DeskCore {
  readonly link: WorkerLink;
  readonly settings: SettingsFile;
  /** Calls that were opened from files. */
  readonly capsules: CapsuleShelf;
  /** Origin of the LiveKit server that the page may reach; null without one. */
  readonly livekitUrl: string | null;
  readonly #clock: Clock;
  readonly #deedListeners = new Set<DeedListener>();
  readonly #noticeListeners = new Set<(told: ToldNotice) => void>();
  #session: WorkerSession | null = null;
  #whereabouts: WorkerWhereabouts | null = null;
  #account: AccountSession | null = null;
  readonly #secrets: SecretStore;

  constructor(
    clock: Clock,
    settings: SettingsFile,
    livekitUrl: string | null = null,
    secrets: SecretStore = new MemorySecrets(),
    keys?: KnownKeys,
  ) {
    this.capsules = new CapsuleShelf(keys);
    this.#secrets = secrets;
    this.settings = settings;
    this.livekitUrl = livekitUrl;
    this.#clock = clock;
    // A session ends after its hours, or at once when the system's clock jumps ahead: the secret still opens a new one.
    this.link = new WorkerLink(clock, () => {
      if (this.#whereabouts?.name === 'at') void this.#keepConnecting(this.#whereabouts);
      // A stream that was refused or closed for its session: with a new token, or to the sign-in screen.
      else void this.#account?.renew().catch(() => undefined);
    });
  }

  get user(): WorkerSession['user'] | null {
    return this.#session?.user ?? null;
  }

  /** The worker came or went. Signs in anew each time, because a new worker has a new secret; tries until it succeeds. */
  async workerIs(whereabouts: WorkerWhereabouts): Promise<void> {
    this.#whereabouts = whereabouts;
    if (whereabouts.name === 'gone') {
      this.link.lost(whereabouts.code, whereabouts.message);
      return;
    }
    // A worker elsewhere has its own dialler, which tries again and hears why not.
    if (whereabouts.name !== 'at') await this.#connect(whereabouts);
    else await this.#keepConnecting(whereabouts);
  }

  async #keepConnecting(at: Extract<WorkerWhereabouts, { name: 'at' }>): Promise<void> {
    try {
      await this.#connect(at);
    } catch (error) {
      if (this.#whereabouts !== at) return;
      const { code, message } = toErrorBody(error, 'electron');
      this.link.lost(code, `The desk cannot sign in to its worker. ${message}`);
      this.#clock.after(SIGN_IN_AGAIN_MS, () => {
        if (this.#whereabouts === at) void this.#keepConnecting(at);
      });
    }
  }

  async #connect(at: Exclude<WorkerWhereabouts, { name: 'gone' }>): Promise<void> {
    const session = await this.#signIn(at);
    if (this.#whereabouts !== at) return; // another worker has come meanwhile
    this.#enter(at.url, session);
  }

  #enter(url: string, session: WorkerSession): void {
    if (this.#session && this.#session.user.userId !== session.user.userId) this.link.forget();
    this.#session = session;
    this.link.connect({ url, token: session.token });
  }

  /** Whether people sign in here with an account. */
  get hasAccount(): boolean {
    return this.#account !== null;
  }

  /** Opens a session at the remote worker. Rejects with its refusal, or `input.invalid` where nobody signs in. */
  async signIn(wish: Parameters<AccountSession['signIn']>[0]): Promise<void> {
    const at = this.#whereabouts;
    if (at?.name !== 'account' || !this.#account)
      throw appError('input.invalid', 'This desk has a worker of its own; nobody signs in here.', {
        origin: 'electron',
      });
    this.#enter(at.url, await this.#account.signIn(wish));
  }

  /** Ends the session; nothing of what was seen in it is left here. */
  async signOut(): Promise<void> {
    const token = this.#session?.token ?? null;
    this.#session = null;
    this.link.lost('account.sign-in-needed', 'Sign in to this worker.');
    this.link.forget();
    await this.#account?.signOut(token);
  }

  #accountAt(url: string): AccountSession {
    this.#account ??= new AccountSession({
      url,
      clock: this.#clock,
      secrets: this.#secrets,
      onRenewed: session => {
        if (!this.#session) return;
        this.#session = session;
        if (this.link.address) this.link.useToken(session.token);
        else this.link.connect({ url, token: session.token });
      },
      // What is on the screens stays; whoever signs in again goes on there (ACC22).
      onEnded: ({ code, message }) => this.link.lost(code, message),
    });
    return this.#account;
  }

  async #signIn(at: Exclude<WorkerWhereabouts, { name: 'gone' }>): Promise<WorkerSession> {
    if (at.name === 'account') return this.#accountAt(at.url).resume();
    if (at.name === 'remote')
      return { token: at.token, user: await new WorkerApi(at.url, at.token).currentUser() };
    const admin = await new WorkerApi(at.url, null).signIn(at.bootSecret);
    return new WorkerApi(at.url, admin.token).mint(LOCAL_USER_ID);
  }

  /** Tells every page. */
  tell<N extends DeskNoticeName>(name: N, notice: DeskNotice<N>): void {
    for (const listener of this.#noticeListeners) listener({ name, notice });
  }

  onNotice(listener: (told: ToldNotice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Somebody did here what has to be on record: kind and what it was done to, without anybody's words. */
  did(kind: string, what: Readonly<Record<string, unknown>>): void {
    for (const listener of this.#deedListeners) listener(kind, what);
  }

  onDeed(listener: DeedListener): () => void {
    this.#deedListeners.add(listener);
    return () => this.#deedListeners.delete(listener);
  }

  onLink(listener: (state: LinkState) => void): () => void {
    return this.link.onState(listener);
  }

  follow(listener: (message: FloorMessage) => void): () => void {
    return this.link.follow(listener);
  }

  async supervise(request: SupervisionRequest): Promise<CommandResult> {
    const answer = await this.link.supervise(request);
    if (!answer.ok) throw new AppError(answer.error);
    return answer.value;
  }

  callEvents(callId: string, afterSeq: number): Promise<CallEvent[]> {
    return this.ask(api => api.callEvents(callId, afterSeq));
  }

  /** Rejects with the worker's refusal or `worker.unreachable`. */
  placeCall(request: PlaceCall): Promise<CallId> {
    return this.ask(api => api.placeCall(request));
  }

  listCalls(query: CallQuery): Promise<ListedCall[]> {
    return this.ask(api => api.calls(query));
  }

  figures(window: FigureQuery): Promise<WindowFigures> {
    return this.ask(api => api.figures(window));
  }

  /** The recording of one call, for the page's player. Rejects with `worker.unreachable`. */
  async recording(callId: string, range: string | null): Promise<Response> {
    const { url, token } = this.#here();
    const answer = await new WorkerApi(url, token).recording(callId, range);
    // A player asks piece by piece; the first is the one that tells that it was opened.
    if (answer.ok && (range === null || range.startsWith('bytes=0-')))
      this.did('recording.played', { callId });
    return answer;
  }

  /** What the recording of one call looks like. Rejects with `worker.unreachable`. */
  async recordingPeaks(callId: string): Promise<Response> {
    const { url, token } = this.#here();
    return new WorkerApi(url, token).recordingPeaks(callId);
  }

  /** Calls this person has taken over and not given back. */
  heldCalls(): readonly HeldCall[] {
    const userId = this.user?.userId;
    return this.link
      .calls()
      .filter(call => userId !== undefined && call.takenOverBy === userId)
      .map(({ callId, displayName }) => ({ callId, displayName }));
  }

  /** The machine slept: what was connected before is not any more. */
  wokeUp(): void {
    this.link.reconnect();
  }

  /** Which way this person's audio of a call goes. Rejects with the worker's refusal, `media.refused` or `worker.unreachable`. */
  async audioWay(callId: string, direction: AudioDirection): Promise<AudioWay> {
    return audioWay(await this.ask(api => api.audioGrant(callId, direction)), this.livekitUrl);
  }

  openAudio(direction: AudioDirection, callId: string, events: AudioLinkEvents): AudioLink {
    return openAudio(this.#here(), direction, callId, events);
  }

  close(): void {
    this.#whereabouts = null;
    this.#account?.stop();
    this.link.close();
  }

  /** Asks the worker; a session that it does not take any more is renewed once. */
  async ask<Result>(question: (api: WorkerApi) => Promise<Result>): Promise<Result> {
    const api = (): WorkerApi => {
      const { url, token } = this.#here();
      return new WorkerApi(url, token);
    };
    try {
      return await question(api());
    } catch (error) {
      const isVoid = AppError.is(error) && error.body.code === 'access.unauthenticated';
      if (isVoid && this.#whereabouts?.name === 'account') await this.#account?.renew();
      else if (isVoid && this.#whereabouts?.name === 'at') await this.#keepConnecting(this.#whereabouts);
      else throw error;
      return question(api());
    }
  }

  #here(): { readonly url: string; readonly token: string } {
    const { address } = this.link;
    if (!address)
      throw appError('worker.unreachable', 'The worker is not running at the moment.', {
        origin: 'electron',
        retryable: true,
      });
    return address;
  }
}

/** A desk core with its settings in the given file; damage is reported in words. */
export function createDeskCore(
  clock: Clock,
  settingsFile: string,
  onProblem: (message: string) => void,
  livekitUrl: string | null = null,
  secrets?: SecretStore,
  keys?: KnownKeys,
): DeskCore {
  return new DeskCore(clock, new SettingsFile(settingsFile, onProblem), livekitUrl, secrets, keys);
}
