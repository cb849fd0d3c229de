import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { whoCanBeCoached, whoHearsWhom } from '#shared/projections/who-hears-whom.ts';
import type { CoachSeat, MediaLink } from '#renderer/media/media-link.ts';
import type { CallStore } from './call-store.ts';
import type { DeskStore } from './desk-store.ts';
import { isOnLine, type Ladder } from './ladder.ts';
import { mayDo } from './rights.ts';
import { tell, tellError, type Supervise } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** What this person whispers by voice, as far as the worker has confirmed it. */
export type CoachingState =
  | { readonly name: 'silent' }
  /** The key is down; the worker has not answered, and nothing is sent. */
  | { readonly name: 'asking'; readonly callId: CallId }
  | { readonly name: 'whispering'; readonly callId: CallId };

/** Whispering by voice to the person who has the call: on while a key or a button is held, and never longer. */
export interface Coaching {
  readonly state: StoreApi<CoachingState>;
  /** Opens no device: who has not armed is told to. */
  press(callId: CallId): void;
  /** Silent at once, whoever has yet to be told. Harmless when nothing is held. */
  release(): void;
  /** Follows the call, the microphone and the link. @returns stops it */
  start(): () => void;
}

interface CoachingDeps {
  readonly media: MediaLink;
  readonly ladder: Ladder;
  readonly call: CallStore;
  readonly desk: DeskStore;
  readonly supervise: Supervise;
  readonly ui: UiStore;
}

const SILENT: CoachingState = { name: 'silent' };

export function createCoaching({ media, ladder, call, desk, supervise, ui }: CoachingDeps): Coaching {
  const state = createStore<CoachingState>(() => SILENT);
  /** The call whose holder the person wants to whisper to. */
  let wanted: CallId | null = null;
  /** The call on which the worker holds this person as whispering, and up to which event it has said so. */
  let told: { readonly callId: CallId; readonly seq: number } | null = null;
  let isSettling = false;
  let seat: { readonly seat: CoachSeat; readonly callId: CallId } | null = null;
  let seated: Promise<ErrorBody | null> = Promise.resolve(null);
  /** A seat that was lost is asked for again once for each whisper to this person. */
  let hasAskedAgain = false;

  const myId = (): string => {
    const now = desk.state.getState();
    return now.name === 'ready' ? now.user.userId : '';
  };
  const isLinked = (): boolean => {
    const now = desk.state.getState();
    return now.name === 'ready' && now.link.name === 'live';
  };

  const silence = (): void => {
    wanted = null;
    media.stopWhispering();
    if (state.getState().name !== 'silent') state.setState(SILENT, true);
  };

  /** Tells the worker until it holds what the person wants; one command at a time, so that the last wish is the last word. */
  const settle = async (): Promise<void> => {
    if (isSettling) return;
    isSettling = true;
    while ((told?.callId ?? null) !== wanted && isLinked()) {
      if (told !== null) {
        const { callId } = told;
        told = null;
        await supervise(callId, 'whisper-to-human', { on: false });
      } else if (wanted !== null) await begin(wanted);
    }
    isSettling = false;
  };

  const begin = async (callId: CallId): Promise<void> => {
    if (media.state.getState().coach.name === 'lost') sit();
    const refused = await seated;
    if (refused) {
      if (wanted === callId) tellError(ui, refused);
      return silence();
    }
    // Let go before anybody was asked.
    if (wanted !== callId) return;
    const answer = await supervise(callId, 'whisper-to-human', { on: true });
    if (!answer.ok) return silence();
    told = { callId, seq: answer.value.seq };
    if (wanted !== callId) return;
    state.setState({ name: 'whispering', callId }, true);
    await Promise.all([media.whisper(callId), media.listen(callId)]);
  };

  const release = (): void => {
    silence();
    void settle();
  };

  const sit = (): void => {
    if (seat) seated = media.joinCoach(seat.callId, seat.seat);
  };

  /** Whoever may come to whisper or to be whispered to is seated before the first word, or it would be lost. */
  const takeSeat = (): void => {
    const next = seatOf();
    const isSame = next?.seat === seat?.seat && next?.callId === seat?.callId;
    seat = next;
    const isCoached = seat?.seat === 'coached' && whoHearsWhom(timelineOf(), myId()).coaches !== null;
    if (!isCoached) hasAskedAgain = false;
    if (!isSame) {
      if (seat) sit();
      else media.leaveCoach();
    } else if (isCoached && !hasAskedAgain && media.state.getState().coach.name === 'lost') {
      hasAskedAgain = true;
      sit();
    }
  };

  const timelineOf = () => call.state.getState().timeline;
  const seatOf = (): typeof seat => {
    const { callId, mic } = ladder.state.getState();
    if (callId === null || call.state.getState().callId !== callId) return null;
    const timeline = timelineOf();
    if (isOnLine(mic)) {
      const others = timeline.people.filter(({ userId }) => userId !== myId());
      return others.some(other => other.mic === 'armed') ? { seat: 'coached', callId } : null;
    }
    return mic === 'armed' &&
      whoCanBeCoached(timeline, myId()) !== null &&
      mayDo(desk.state.getState(), 'whisper-to-human')
      ? { seat: 'coach', callId }
      : null;
  };

  /** Nothing goes on that the call, the microphone or the worker has ended. */
  const check = (): void => {
    const { callId, mic } = ladder.state.getState();
    if (isEndedByWorker()) {
      told = null;
      silence();
    } else if (wanted !== null && (mic !== 'armed' || callId !== wanted)) release();
    takeSeat();
  };
  /** The call was handed back, or card data is said. */
  const isEndedByWorker = (): boolean => {
    const { callId, timeline } = call.state.getState();
    return (
      told !== null &&
      callId === told.callId &&
      timeline.lastSeq >= told.seq &&
      whoHearsWhom(timeline, myId()).coached === null
    );
  };

  return {
    state,
    release,
    press(callId) {
      if (wanted !== null) return;
      const { callId: armedFor, mic } = ladder.state.getState();
      if (mic !== 'armed' || armedFor !== callId)
        return tell(ui, 'Arm your microphone first. Holding this key opens none.');
      if (whoCanBeCoached(timelineOf(), myId()) === null)
        return tell(ui, 'Nobody of yours has this call, so there is nobody to whisper to by voice.');
      wanted = callId;
      state.setState({ name: 'asking', callId }, true);
      void settle();
    },
    start() {
      const stops = [
        call.state.subscribe(check),
        ladder.state.subscribe(check),
        media.state.subscribe(({ whisperingTo }, before) => {
          // The audio has gone by itself: an open mouth that nobody hears is worse than a closed one.
          if (whisperingTo === null && before.whisperingTo !== null && wanted !== null) release();
        }),
        desk.state.subscribe(() => {
          // The worker lets go of whoever it does not hear of; what is left is told when it is back.
          if (!isLinked()) silence();
          else void settle();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
        silence();
        media.leaveCoach();
      };
    },
  };
}
