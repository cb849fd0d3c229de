import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  archiveQuerySchema,
  type ArchiveFacets,
  type ArchivePage,
  type ArchiveQuery,
} from '#shared/domain/archive.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { Value } from '#shared/ipc/commands.ts';
import type { AuditProof } from '#shared/protocol/audit.ts';
import { MAX_CAPSULE_BYTES, type CapsuleView } from '#shared/protocol/capsule.ts';
import type { PolicyReplay } from '#shared/protocol/policy-replay.ts';
import type { CallActions } from './call-actions.ts';
import type { CallStore } from './call-store.ts';
import type { Replay } from './replay.ts';
import type { UiStore } from './ui-store.ts';

export type ArchiveView = 'calls' | 'search' | 'policies' | 'proof';

/** Something that was asked for and may be under way, there, or refused. */
export type Asked<Result> =
  | { readonly name: 'idle' }
  | { readonly name: 'asking' }
  | { readonly name: 'ready'; readonly value: Result }
  | { readonly name: 'failed'; readonly error: ErrorBody };

export interface ArchiveState {
  readonly view: ArchiveView;
  readonly query: ArchiveQuery;
  readonly found: Asked<ArchivePage & { readonly asOfMs?: number | undefined }>;
  readonly facets: ArchiveFacets | null;
  readonly proof: Asked<AuditProof>;
  readonly policies: Value<'list-policies'> | null;
  /** The draft that is tried. */
  readonly draft: string;
  readonly replayed: Asked<PolicyReplay>;
  /** The capsule that was opened last. */
  readonly capsule: CapsuleView | null;
}

/** Search, proof, policies and capsules. */
export interface ArchiveStore {
  readonly state: StoreApi<ArchiveState>;
  show(view: ArchiveView): void;
  ask(change: Partial<ArchiveQuery>): Promise<void>;
  more(): Promise<void>;
  readFacets(): Promise<void>;
  prove(): Promise<void>;
  readPolicies(): Promise<void>;
  tryDraft(days: number, nowMs: number): Promise<void>;
  /** A moment of a call: opens it with the playhead there. */
  openAt(callId: CallId, atMs: number): Promise<void>;
  openCapsule(bytes: Uint8Array): Promise<void>;
  /** What somebody chose or dropped: one capsule is opened, anything else is refused in words. */
  openFiles(files: readonly CapsuleFileLike[]): Promise<void>;
  /** Asks for a file of this machine, with the chooser that the window has given. */
  choose(): void;
  /** @returns ends it */
  chooseWith(chooser: () => void): () => void;
  /** The capsule that waits for a page, if there is one. */
  openWaiting(): Promise<void>;
  /** Hands the opened call out as a file; `null` when that was refused. */
  makeCapsule(
    callId: CallId,
    withAudio: boolean,
  ): Promise<{ readonly fileName: string; readonly bytes: Uint8Array } | null>;
}

/** As much of a `File` as opening one takes. */
export type CapsuleFileLike = Pick<File, 'name' | 'size' | 'arrayBuffer' | 'slice'>;

export interface ArchiveDeps {
  readonly bridge: DeskBridge;
  readonly ui: UiStore;
  readonly call: CallStore;
  readonly replay: Replay;
  readonly actions: Pick<CallActions, 'openCall' | 'goTo'>;
}

const DAY_MS = 86_400_000;
/** How every zip file begins, and with it every capsule: "PK". */
const ZIP_SIGN = [0x50, 0x4b];

export function createArchiveStore({ bridge, ui, call, replay, actions }: ArchiveDeps): ArchiveStore {
  const state = createStore<ArchiveState>(() => ({
    view: 'calls',
    query: archiveQuerySchema.parse({}),
    found: { name: 'idle' },
    facets: null,
    proof: { name: 'idle' },
    policies: null,
    draft: '',
    replayed: { name: 'idle' },
    capsule: null,
  }));
  /** Rises with each question: a late answer to an older one is not shown. */
  let asked = 0;
  let toasts = 0;
  let chooser: (() => void) | null = null;
  const tell = ({ message, code }: ErrorBody): void =>
    ui.setState({ toast: { id: -(toasts += 1), tone: 'bad', text: message, code } });

  const page = async (beforeMs: number | null): Promise<void> => {
    asked += 1;
    const mine = asked;
    const { query, found } = state.getState();
    if (found.name === 'idle' || found.name === 'failed') state.setState({ found: { name: 'asking' } });
    const answer = await bridge.run('search-archive', {
      ...query,
      ...(beforeMs === null ? {} : { beforeMs }),
    });
    if (mine !== asked) return;
    if (!answer.ok) state.setState({ found: { name: 'failed', error: answer.error } });
    else
      state.setState(before => ({
        found: {
          name: 'ready',
          value:
            beforeMs !== null && before.found.name === 'ready'
              ? { ...answer.value, calls: [...before.found.value.calls, ...answer.value.calls] }
              : answer.value,
        },
      }));
  };
  const opened = (capsule: CapsuleView): void => {
    state.setState({ capsule });
    actions.goTo('history');
    if (ui.getState().screen === 'history') actions.openCall(capsule.callId as CallId);
  };

  return {
    state,
    show: view => state.setState({ view }),
    async ask(change) {
      state.setState(before => ({ query: { ...before.query, ...change } }));
      await page(null);
    },
    async more() {
      const { found } = state.getState();
      const last = found.name === 'ready' ? found.value.calls.at(-1) : undefined;
      if (last) await page(last.call.startedAtMs);
    },
    async readFacets() {
      const answer = await bridge.run('get-archive-facets', {});
      if (answer.ok) state.setState({ facets: answer.value });
    },
    async prove() {
      state.setState({ proof: { name: 'asking' } });
      const answer = await bridge.run('prove-audit', {});
      state.setState({
        proof: answer.ok ? { name: 'ready', value: answer.value } : { name: 'failed', error: answer.error },
      });
    },
    async readPolicies() {
      const answer = await bridge.run('list-policies', {});
      if (answer.ok) state.setState({ policies: answer.value });
    },
    async tryDraft(days, nowMs) {
      state.setState({ replayed: { name: 'asking' } });
      const answer = await bridge.run('replay-policy', {
        text: state.getState().draft,
        fromMs: Math.max(0, Math.round(nowMs - days * DAY_MS)),
        toMs: Math.round(nowMs) + 1,
        calls: 200,
      });
      state.setState({
        replayed: answer.ok
          ? { name: 'ready', value: answer.value }
          : { name: 'failed', error: answer.error },
      });
    },
    async openAt(callId, atMs) {
      actions.openCall(callId);
      await new Promise<void>(resolve => {
        const isThere = (): boolean => {
          const { callId: now, status } = call.state.getState();
          return now !== callId || status.name === 'ready' || status.name === 'failed';
        };
        if (isThere()) return resolve();
        const stop = call.state.subscribe(() => {
          if (!isThere()) return;
          stop();
          resolve();
        });
      });
      if (call.state.getState().callId === callId) replay.seek(atMs);
    },
    async openCapsule(bytes) {
      const answer = await bridge.run('open-capsule', { capsuleBase64: toBase64(bytes) });
      if (answer.ok) opened(answer.value);
      else tell(answer.error);
    },
    choose: () => chooser?.(),
    chooseWith(given) {
      chooser = given;
      return () => {
        chooser = null;
      };
    },
    async openFiles(files) {
      const refuse = (code: ErrorBody['code'], message: string): void =>
        tell({ code, message, retryable: false, origin: 'renderer' });
      const [file] = files;
      if (!file || files.length > 1)
        return refuse('input.invalid', 'Only a capsule can be dropped here, one at a time.');
      const name = file.name.slice(0, 80);
      if (file.size > MAX_CAPSULE_BYTES)
        return refuse('input.too-large', `${name} is larger than any capsule that is made.`);
      try {
        // A film is not read to the end to find out that it is none.
        const sign = new Uint8Array(await file.slice(0, ZIP_SIGN.length).arrayBuffer());
        if (sign.length < ZIP_SIGN.length || ZIP_SIGN.some((byte, at) => sign[at] !== byte))
          return refuse('capsule.invalid', `${name} is no capsule. Only a capsule can be opened here.`);
        await this.openCapsule(new Uint8Array(await file.arrayBuffer()));
      } catch {
        refuse('capsule.invalid', `${name} cannot be read.`);
      }
    },
    async openWaiting() {
      const answer = await bridge.run('take-waiting-capsule', {});
      if (answer.ok && answer.value.capsule) opened(answer.value.capsule);
      else if (!answer.ok && answer.error.code !== 'worker.unreachable') tell(answer.error);
    },
    async makeCapsule(callId, withAudio) {
      const answer = await bridge.run('make-capsule', { callId, withAudio });
      if (!answer.ok) {
        tell(answer.error);
        return null;
      }
      const { fileName, capsuleBase64 } = answer.value;
      return { fileName, bytes: Uint8Array.from(atob(capsuleBase64), letter => letter.charCodeAt(0)) };
    },
  };
}

/** In pieces: a call has a limit of arguments. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32_768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
