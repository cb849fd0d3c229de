import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { MicMode } from '#shared/domain/audibility.ts';
import type { MediaLink } from '#renderer/media/media-link.ts';
import type { ConsoleClock } from './clock.ts';
import type { SupervisionVerb } from '#shared/protocol/supervision.ts';
import { tell, tellError, type Supervise } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** What this person does on which call, as far as the worker has confirmed it. */
export interface LadderState {
  readonly mic: MicMode;
  readonly callId: CallId | null;
  /** From the click to the first frame of the own voice that left for the caller; null before that. */
  readonly clickToLiveMs: number | null;
  /** Until when a takeover may be undone, monotonic milliseconds. */
  readonly undoUntilMono: number | null;
}

/** Listen, arm, barge, take over and every way down. Each method is one key. */
export interface Ladder {
  readonly state: StoreApi<LadderState>;
  toggleListening(callId: CallId): Promise<void>;
  toggleArmed(callId: CallId): Promise<void>;
  barge(callId: CallId): Promise<void>;
  takeOver(callId: CallId): Promise<void>;
  undo(): Promise<void>;
  handBack(notes: string): Promise<boolean>;
  stepDown(callId: CallId): Promise<void>;
  leave(callId: CallId): Promise<void>;
  toggleMute(): void;
  /** The device is gone while it was in use: nobody may be left with a silent line. */
  deviceLost(error: ErrorBody): Promise<void>;
  /** The worker has not been heard of for as long as it waits for us: by now the AI has the call, if it goes on at all. */
  linkLost(): void;
  /** The log says which mode the worker holds: nothing stays open that the worker does not know of. */
  reconcile(callId: CallId, seen: SeenInLog): void;
}

/** This person as the log shows them, and up to which event. */
export interface SeenInLog {
  readonly seq: number;
  readonly mic: MicMode;
  readonly listening: boolean;
}

export const UNDO_WINDOW_MS = 10_000;

const AT_REST: LadderState = { mic: 'monitor', callId: null, clickToLiveMs: null, undoUntilMono: null };

interface LadderDeps {
  readonly media: MediaLink;
  readonly supervise: Supervise;
  readonly ui: UiStore;
  readonly clock: ConsoleClock;
}

const LEASE_LOST: ErrorBody = {
  code: 'lease.lost',
  message:
    'You are off the line. This desk was not heard of for two seconds, so the AI has taken up the call. Take over again if you need to.',
  retryable: true,
  origin: 'renderer',
};
const LINE_LOST: ErrorBody = {
  code: 'link.closed',
  message:
    'You are off the line and your microphone is closed: the worker cannot be reached. If the call goes on, the AI has it.',
  retryable: true,
  origin: 'renderer',
};

export function createLadder({ media, supervise, ui, clock }: LadderDeps): Ladder {
  const state = createStore<LadderState>(() => AT_REST);
  /** A rung that is being climbed: the log may lag behind it and must not close what it opens. */
  let climbing = false;
  /** A call whose line was closed here because the worker was away. */
  let abandoned: CallId | null = null;
  /** A rung that is being left because the person asked for it. */
  let descending = false;
  /** Answers may overtake the log: what it says below the answer's `seq` is older than what is known here. */
  const answeredSeq = new Map<CallId, number>();

  const send = async (callId: CallId, verb: SupervisionVerb, args?: Readonly<Record<string, unknown>>) => {
    const answer = await supervise(callId, verb, args);
    if (answer.ok) answeredSeq.set(callId, answer.value.seq);
    return answer;
  };

  const settle = (callId: CallId, mic: MicMode): void => {
    if (mic === 'monitor') {
      media.closeMicrophone();
      state.setState(AT_REST, true);
      return;
    }
    if (mic === 'armed') media.stopSending();
    const onLine = mic === 'live' || mic === 'barge';
    const { clickToLiveMs, undoUntilMono } = state.getState();
    state.setState({
      mic,
      callId,
      clickToLiveMs: onLine ? clickToLiveMs : null,
      undoUntilMono: mic === 'live' ? undoUntilMono : null,
    });
  };

  /** The command goes out at once and the device opens beside it; the voice is sent when both are there. */
  const climb = async (callId: CallId, verb: 'barge' | 'take-over'): Promise<void> => {
    if (climbing) return;
    climbing = true;
    abandoned = null;
    const clickedMono = clock.mono();
    const opening = media.openMicrophone(callId);
    const answer = await send(callId, verb);
    if (!answer.ok) {
      climbing = false;
      if (state.getState().mic === 'monitor') media.closeMicrophone();
      return;
    }
    const undoUntilMono = verb === 'take-over' ? clock.mono() + UNDO_WINDOW_MS : null;
    state.setState({ mic: answer.value.mic, callId, clickToLiveMs: null, undoUntilMono });
    const refused = await opening;
    climbing = false;
    if (!isOnLine(state.getState().mic)) return; // stepped down while the browser was asking
    if (refused) {
      // Nobody may be left with a silent line: without a microphone the AI speaks on.
      await send(callId, 'step-down');
      settle(callId, 'monitor');
      tellError(ui, refused);
      return;
    }
    const sent = media.sendTo(callId).then(() => {
      if (media.state.getState().sendingTo === callId)
        state.setState({ clickToLiveMs: clock.mono() - clickedMono });
    });
    await Promise.all([sent, media.listen(callId)]);
  };

  const goDown = async (
    callId: CallId,
    verb: 'undo-take-over' | 'hand-back' | 'step-down' | 'leave',
    args = {},
  ): Promise<boolean> => {
    descending = true;
    const answer = await send(callId, verb, args);
    descending = false;
    if (answer.ok) settle(callId, answer.value.mic);
    return answer.ok;
  };

  return {
    state,

    async toggleListening(callId) {
      if (media.state.getState().listeningTo === callId) {
        if (isOnLine(state.getState().mic)) return;
        media.stopListening();
        await send(callId, 'leave');
        settle(callId, 'monitor');
        return;
      }
      const before = media.state.getState().listeningTo;
      if (before !== null) await send(before, 'leave');
      const answer = await send(callId, 'listen');
      if (answer.ok) await media.listen(callId);
    },

    async toggleArmed(callId) {
      const { mic } = state.getState();
      if (isOnLine(mic)) return tell(ui, 'You are on the line. Hand back or step down first.');
      if (mic === 'armed') {
        media.closeMicrophone();
        const answer = await send(callId, 'arm-microphone', { armed: false });
        if (answer.ok) settle(callId, answer.value.mic);
        return;
      }
      const refused = await media.openMicrophone(callId);
      if (refused) return tellError(ui, refused);
      const answer = await send(callId, 'arm-microphone', { armed: true });
      if (answer.ok) settle(callId, answer.value.mic);
      else media.closeMicrophone();
    },

    barge: callId => climb(callId, 'barge'),
    takeOver: callId => climb(callId, 'take-over'),

    async undo() {
      const { callId, mic } = state.getState();
      if (callId !== null && mic === 'live') await goDown(callId, 'undo-take-over');
    },

    async handBack(notes) {
      const { callId, mic } = state.getState();
      return callId !== null && mic === 'live' && (await goDown(callId, 'hand-back', { notes }));
    },

    async stepDown(callId) {
      const listening = media.state.getState().listeningTo === callId;
      const { mic } = state.getState();
      if (mic === 'monitor' && !listening) return;
      const down = await goDown(callId, 'step-down');
      if (down && mic === 'monitor') media.stopListening();
    },

    async leave(callId) {
      media.stopListening();
      await send(callId, 'leave');
      // Whatever the worker says: who has left has no open device.
      settle(callId, 'monitor');
    },

    toggleMute() {
      if (media.state.getState().sendingTo !== null) media.setMuted(!media.state.getState().muted);
    },

    async deviceLost(error) {
      const { callId, mic } = state.getState();
      if (callId === null || mic === 'monitor') return;
      tellError(ui, error);
      if (mic === 'armed') {
        await send(callId, 'arm-microphone', { armed: false });
        settle(callId, 'monitor');
        return;
      }
      descending = true;
      await send(callId, 'step-down');
      descending = false;
      settle(callId, 'monitor');
    },

    linkLost() {
      const { mic, callId } = state.getState();
      if (mic === 'monitor') return;
      if (isOnLine(mic)) abandoned = callId;
      media.closeMicrophone();
      state.setState(AT_REST, true);
      if (isOnLine(mic)) tellError(ui, LINE_LOST);
    },

    reconcile(callId, { seq, mic, listening }) {
      if (callId === abandoned && !climbing) {
        // The worker was away for too short to give the call back by itself: it must not keep a line nobody speaks on.
        abandoned = null;
        if (isOnLine(mic)) void send(callId, 'step-down');
        return;
      }
      if (climbing || seq < (answeredSeq.get(callId) ?? -1)) return;
      const held = state.getState();
      if (held.callId === callId && held.mic !== mic) {
        settle(callId, mic);
        // Nobody here asked for it: the desk was silent for too long, and the worker gave the call back.
        if (isOnLine(held.mic) && !isOnLine(mic) && !descending) tellError(ui, LEASE_LOST);
      }
      if (!listening && mic === 'monitor' && media.state.getState().listeningTo === callId)
        media.stopListening();
    },
  };
}

export const isOnLine = (mic: MicMode): boolean => mic === 'live' || mic === 'barge';
