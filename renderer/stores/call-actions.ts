import type { CallId } from '#shared/domain/ids.ts';
import type { SuggestionView } from '#shared/projections/call-timeline.ts';
import type { MediaLink } from '#renderer/media/media-link.ts';
import type { CallStore } from './call-store.ts';
import type { DeskStore } from './desk-store.ts';
import type { FloorStore } from './floor-store.ts';
import { isOnLine, type Ladder } from './ladder.ts';
import type { Replay } from './replay.ts';
import { tell, type Supervise } from './supervise.ts';
import type { ComposerMode, ListScreen, UiStore } from './ui-store.ts';

/** What a person can do besides climbing the ladder. */
export interface CallActions {
  openCall(callId: CallId): void;
  /** Leaves the screen and the call; refused while this person is on the line. */
  goTo(screen: ListScreen): void;
  /** From a call to the list it was opened from, from anything else to the floor. */
  back(): void;
  veto(callId: CallId): Promise<void>;
  toggleHold(callId: CallId): Promise<void>;
  /** Sends what stands in the composer. Keeps the words when the worker refuses them. */
  send(callId: CallId): Promise<void>;
  /** Marks one of the AI's suggestions as said by this person; the newest is 0. */
  useSuggestion(callId: CallId, at: number): Promise<void>;
  /** Agrees to a tool call as it is shown; another person has to agree too. */
  approveTool(callId: CallId, approvalId: string, requestHash: string): Promise<void>;
  refuseTool(callId: CallId, approvalId: string): Promise<void>;
  flag(callId: CallId): Promise<void>;
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
}

const COMPOSER_VERB = { tell: 'whisper-to-ai', say: 'say-now', note: 'add-note' } as const;

/** Allowed by Lane C and not used yet: these have the keys, newest first. */
export const isUsable = (suggestion: SuggestionView): boolean =>
  suggestion.decision !== 'veto' && !suggestion.used;

export function createCallActions({
  desk,
  floor,
  call,
  ui,
  media,
  ladder,
  replay,
  supervise,
}: ActionDeps): CallActions {
  const leaveTo = (screen: ListScreen): void => {
    const { callId } = call.state.getState();
    const { mic } = ladder.state.getState();
    if (ui.getState().screen === 'call' && isOnLine(mic)) {
      tell(ui, 'You are on the line. Hand back or step down first.');
      return;
    }
    ui.setState({ screen, sheet: 'none', sideOpen: false });
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
        composer: 'tell',
      });
      void call.open(callId);
      const state = desk.state.getState();
      const listens = media.state.getState().listeningTo === callId;
      if (state.name === 'ready' && state.settings.listenOnOpen && !listens)
        void ladder.toggleListening(callId);
    },

    goTo: leaveTo,

    back() {
      const { screen, openedFrom } = ui.getState();
      leaveTo(screen === 'call' ? openedFrom : 'floor');
    },

    async veto(callId) {
      // Without a sentence on the strip the key has nothing to say; the worker would only refuse it.
      const next = floor.getState().next[callId];
      if (next) await supervise(callId, 'veto-chunk', { chunkId: next.chunkId });
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

    async endCall(callId) {
      ui.setState({ sheet: 'none' });
      await supervise(callId, 'end-call');
    },

    compose(mode) {
      ui.setState(state => ({ composer: mode, composerFocus: state.composerFocus + 1 }));
    },
  };
}
