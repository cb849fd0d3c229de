import type { Clock } from '#shared/domain/clock.ts';
import type { CommandResult } from '#shared/protocol/supervision.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import type { FigureQuery, WindowFigures } from '#shared/domain/call-figures.ts';
import type { CallQuery, ListedCall } from '#shared/domain/call-list.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import { SettingsFile } from '#electron/storage/settings-file.ts';
import { openAudio, type AudioLink, type AudioLinkEvents } from './audio-link.ts';
import { WorkerApi, type WorkerSession } from './worker-api.ts';
import { WorkerLink, type FloorMessage, type SupervisionRequest } from './worker-link.ts';

/** Who sits at a desk without accounts: the demo's supervisor. */
const LOCAL_USER_ID = 'user-reyes';

/** Where the worker is, from whoever starts it. */
export type WorkerWhereabouts =
  | { readonly name: 'gone'; readonly message: string }
  | { readonly name: 'at'; readonly url: string; readonly bootSecret: string }
  | { readonly name: 'remote'; readonly url: string; readonly token: string };

/** A call a person has on the line. */
export interface HeldCall {
  readonly callId: CallId;
  readonly displayName: string;
}

/** Everything the desktop does that is not a window: sign-in, the link to the worker, its sockets. Never imports electron. */
export class DeskCore {
  readonly link: WorkerLink;
  readonly settings: SettingsFile;
  #session: WorkerSession | null = null;

  constructor(clock: Clock, settings: SettingsFile) {
    this.settings = settings;
    this.link = new WorkerLink(clock);
  }

  get user(): WorkerSession['user'] | null {
    return this.#session?.user ?? null;
  }

  /** The worker came or went. Signs in anew each time, because a new worker has a new secret. */
  async workerIs(whereabouts: WorkerWhereabouts): Promise<void> {
    if (whereabouts.name === 'gone') {
      this.link.lost('worker.unreachable', whereabouts.message);
      return;
    }
    const { url } = whereabouts;
    this.#session = await this.#signIn(whereabouts);
    this.link.connect({ url, token: this.#session.token });
  }

  async #signIn(at: Exclude<WorkerWhereabouts, { name: 'gone' }>): Promise<WorkerSession> {
    if (at.name === 'remote')
      return { token: at.token, user: await new WorkerApi(at.url, at.token).currentUser() };
    const admin = await new WorkerApi(at.url, null).signIn(at.bootSecret);
    return new WorkerApi(at.url, admin.token).mint(LOCAL_USER_ID);
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
    const { url, token } = this.#here();
    return new WorkerApi(url, token).callEvents(callId, afterSeq);
  }

  listCalls(query: CallQuery): Promise<ListedCall[]> {
    const { url, token } = this.#here();
    return new WorkerApi(url, token).calls(query);
  }

  figures(window: FigureQuery): Promise<WindowFigures> {
    const { url, token } = this.#here();
    return new WorkerApi(url, token).figures(window);
  }

  /** The recording of one call, for the page's player. Rejects with `worker.unreachable`. */
  async recording(callId: string, range: string | null): Promise<Response> {
    const { url, token } = this.#here();
    return new WorkerApi(url, token).recording(callId, range);
  }

  /** Calls this person has taken over and not given back. */
  heldCalls(): readonly HeldCall[] {
    const userId = this.user?.userId;
    return [...this.link.openCalls()]
      .map(([callId, events]) => ({ callId, timeline: foldTimeline(events) }))
      .filter(({ timeline }) => userId !== undefined && timeline.takeover?.userId === userId)
      .map(({ callId, timeline }) => ({ callId, displayName: timeline.displayName }));
  }

  /** The machine slept: what was connected before is not any more. */
  wokeUp(): void {
    this.link.reconnect();
  }

  openAudio(direction: 'listen' | 'microphone', callId: string, events: AudioLinkEvents): AudioLink {
    return openAudio(this.#here(), direction, callId, events);
  }

  close(): void {
    this.link.close();
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
): DeskCore {
  return new DeskCore(clock, new SettingsFile(settingsFile, onProblem));
}
