import type { CallId } from '#shared/domain/ids.ts';
import type { ReleaseReason } from '#shared/domain/release-reasons.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { releasableChunk } from '#shared/projections/releasable.ts';
import type { CallTimeline, SuggestionView } from '#shared/projections/call-timeline.ts';
import type { MediaLink } from '#renderer/media/media-link.ts';
import type { CallStore } from './call-store.ts';
import type { DeskStore } from './desk-store.ts';
import type { FloorStore } from './floor-store.ts';
import { isOnLine, type Ladder } from './ladder.ts';
import { mayDo } from './rights.ts';
import type { Replay } from './replay.ts';
import { tell, type Supervise } from './supervise.ts';
import type { ComposerMode, ListScreen, UiStore } from './ui-store.ts';

/** What a person can do besides climbing the ladder. */
export interface CallActions {
  openCall(callId: CallId): void;
  /** Leaves the screen and the call; refused while this person is on the line. */
  goTo(screen: ListScreen): void;
  /** Leaves for the article in the workspace; refused while this person is on the line. */
  openArticle(docId: string): void;
  /** From a call to the list it was opened from, from anything else to the floor. */
  back(): void;
  veto(callId: CallId): Promise<void>;
  /** Lets the AI say what was refused last, where that is possible; then asks why. */
  release(callId: CallId): Promise<void>;
  /** Why the sentence was released; does nothing when nobody waits for it. */
  explainRelease(reason: ReleaseReason): Promise<void>;
  /** The next step of the wait before answers: 0.5 s, 1 s, 1.5 s, and back to the organisation's. */
  nextHoldBack(callId: CallId): Promise<void>;
  toggleHush(callId: CallId): Promise<void>;
  toggleHold(callId: CallId): Promise<void>;
  /** Sends what stands in the composer. Keeps the words when the worker refuses them. */
  send(callId: CallId): Promise<void>;
  /** Marks one of the AI's suggestions as said by this person; the newest is 0. */
  useSuggestion(callId: CallId, at: number): Promise<void>;
  /** Agrees to a tool call as it is shown; another person has to agree too. */
  approveTool(callId: CallId, approvalId: string, requestHash: string): Promise<void>;
  refuseTool(callId: CallId, approvalId: string): Promise<void>;
  flag(callId: CallId): Promise<void>;
  /** Asks where the call is to go, unless it is on its way already or this person may not. */
  openTransfer(): void;
  /** @returns why it was not even tried, or `null` */
  transfer(callId: CallId, target: string): Promise<ErrorBody | null>;
  endCall(callId: CallId): Promise<void>;
  compose(mode: ComposerMode): void;
}

interface ActionDeps {
  readonly desk: DeskStore;
  readonly floor: FloorStore;
  readonly call: CallStore;
  readonly ui: UiStore;
  readonly media: MediaLink;
  readonly ladder: Ladder;
  readonly replay: Replay;
  readonly supervise: Supervise;
  readonly openDoc: (docId: string) => void;
}

/** Steps of the slow-safe key; after the last one the organisation's own wait is back. */
const HOLD_BACK_STEPS_MS: readonly number[] = [500, 1000, 1500];

const COMPOSER_VERB = { tell: 'whisper-to-ai', say: 'say-now', note: 'add-note' } as const;

/** Allowed by Lane C, drafted on the host that has the call, and not used yet: these have the keys, newest first. */
export const isUsable = (suggestion: SuggestionView): boolean =>
  suggestion.decision !== 'veto' && !suggestion.used && !suggestion.isStale;

/** One at a time, and only of a call that runs. */
export const mayTransfer = ({ connectedAtMs, endedAtMs, transfer, parked }: CallTimeline): boolean =>
  connectedAtMs !== null &&
  endedAtMs === null &&
  parked === null &&
  !(transfer !== null && transfer.outcome === null);

export function createCallActions({
  desk,
  floor,
  call,
  ui,
  media,
  ladder,
  replay,
  supervise,
  openDoc,
}: ActionDeps): CallActions {
  const leaveTo = (screen: ListScreen): void => {
    const { callId } = call.state.getState();
    const { mic } = ladder.state.getState();
    if (ui.getState().screen === 'call' && isOnLine(mic)) {
      tell(ui, 'You are on the line. Hand back or step down first.');
      return;
    }
    ui.setState({ screen, sheet: 'none', releasePick: null, sideOpen: false });
    if (callId === null) return;
    const here = media.state.getState().listeningTo === callId || mic === 'armed';
    replay.reset();
    call.close();
    if (here) void ladder.leave(callId);
  };

  return {
    openCall(callId) {
      const { screen } = ui.getState();
      replay.reset();
      ui.setState({
        openedFrom: screen === 'history' ? 'history' : 'floor',
        screen: 'call',
        focusedCallId: callId,
        sheet: 'none',
        trace: null,
        composer: 'tell',
      });
      void call.open(callId);
      const state = desk.state.getState();
      const listens = media.state.getState().listeningTo === callId;
      if (state.name === 'ready' && state.settings.listenOnOpen && !listens)
        void ladder.toggleListening(callId);
    },

    goTo: leaveTo,

    openArticle(docId) {
      leaveTo('knowledge');
      if (ui.getState().screen === 'knowledge') openDoc(docId);
    },

    back() {
      const { screen, openedFrom } = ui.getState();
      leaveTo(screen === 'call' ? openedFrom : 'floor');
    },

    async veto(callId) {
      // Without a sentence on the strip the key has nothing to say; the worker would only refuse it.
      const next = floor.getState().next[callId];
      if (next) await supervise(callId, 'veto-chunk', { chunkId: next.chunkId });
    },

    async release(callId) {
      const chunk = releasableChunk(call.state.getState().timeline);
      if (!chunk || !mayDo(desk.state.getState(), 'release-chunk')) return;
      const answer = await supervise(callId, 'release-chunk', { chunkId: chunk.chunkId });
      if (answer.ok) ui.setState({ releasePick: { callId, chunkId: chunk.chunkId } });
    },

    async explainRelease(reason) {
      const pick = ui.getState().releasePick;
      if (!pick) return;
      ui.setState({ releasePick: null });
      await supervise(pick.callId as CallId, 'set-release-reason', { chunkId: pick.chunkId, reason });
    },

    async nextHoldBack(callId) {
      if (!mayDo(desk.state.getState(), 'set-hold-back')) return;
      const { slowSafe } = call.state.getState().timeline;
      const at = slowSafe === null ? -1 : HOLD_BACK_STEPS_MS.indexOf(slowSafe.holdBackMs);
      await supervise(callId, 'set-hold-back', { holdBackMs: HOLD_BACK_STEPS_MS[at + 1] ?? null });
    },

    async toggleHush(callId) {
      if (!mayDo(desk.state.getState(), 'set-hush')) return;
      await supervise(callId, 'set-hush', { on: call.state.getState().timeline.hush === null });
    },

    async toggleHold(callId) {
      const held = (floor.getState().board.calls[callId]?.heldByName ?? null) !== null;
      await supervise(callId, held ? 'resume-speech' : 'hold-speech');
    },

    async send(callId) {
      const { composer, drafts } = ui.getState();
      const text = drafts[composer].trim();
      if (text === '') return;
      const answer = await supervise(callId, COMPOSER_VERB[composer], { text });
      if (answer.ok) ui.setState(state => ({ drafts: { ...state.drafts, [composer]: '' } }));
    },

    async useSuggestion(callId, at) {
      const suggestion = call.state.getState().timeline.suggestions.filter(isUsable)[at];
      if (!suggestion) return;
      await supervise(callId, 'use-suggestion', { suggestionId: suggestion.suggestionId });
    },

    async approveTool(callId, approvalId, requestHash) {
      await supervise(callId, 'approve-tool', { approvalId, requestHash });
    },

    async refuseTool(callId, approvalId) {
      await supervise(callId, 'refuse-tool', { approvalId });
    },

    async flag(callId) {
      const answer = await supervise(callId, 'flag-moment', { note: '' });
      if (answer.ok) tell(ui, 'Moment flagged');
    },

    openTransfer() {
      const { timeline } = call.state.getState();
      if (mayDo(desk.state.getState(), 'transfer') && mayTransfer(timeline))
        ui.setState({ sheet: 'transfer' });
    },

    async transfer(callId, target) {
      const answer = await supervise(callId, 'transfer', { target });
      return answer.ok ? null : answer.error;
    },

    async endCall(callId) {
      ui.setState({ sheet: 'none' });
      await supervise(callId, 'end-call');
    },

    compose(mode) {
      ui.setState(state => ({ composer: mode, composerFocus: state.composerFocus + 1 }));
    },
  };
}
