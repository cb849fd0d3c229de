import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SupervisionVerb } from '#shared/protocol/supervision.ts';
import type { DeskStore } from './desk-store.ts';
import { mayDo } from './rights.ts';

/** One thing on the floor, and two sentences about it. */
export interface TourStep {
  /** What `data-tour` of the thing says. */
  readonly target: 'calls' | 'join' | 'next' | 'keys';
  readonly title: string;
  readonly words: string;
  /** Shown to those who may do it. */
  readonly verb: SupervisionVerb | null;
}

export const TOUR_STEPS: readonly TourStep[] = [
  {
    target: 'calls',
    title: 'Calls that need you come first',
    words: 'A card says why in words; calls that go well are quiet rows. Arrow keys move, Enter opens.',
    verb: null,
  },
  {
    target: 'join',
    title: 'Listen, then go as far as you need to',
    words:
      'Nobody hears you until you barge or take over. Each step can be taken back, a takeover within ten seconds.',
    verb: 'take-over',
  },
  {
    target: 'next',
    title: 'Read it before the caller hears it',
    words: 'Here stands the sentence the AI says next, and how long until it is heard. Veto stops it.',
    verb: 'veto-chunk',
  },
  {
    target: 'keys',
    title: 'Everything has a key',
    words: 'Type what you want to do and choose it, or look up its key. Keys can be changed in the settings.',
    verb: null,
  },
];

export type TourState =
  | { readonly name: 'off' }
  | { readonly name: 'offered' }
  | { readonly name: 'at'; readonly step: number; readonly steps: readonly TourStep[] };

/** Shows a newcomer around the floor, once; anybody can ask for it again. */
export interface Tour {
  readonly state: StoreApi<TourState>;
  start(): void;
  next(): void;
  previous(): void;
  /** Walked through or put away: never offered again at this desk. */
  finish(): void;
}

export function createTour({
  desk,
  goToFloor,
}: {
  readonly desk: DeskStore;
  readonly goToFloor: () => void;
}): Tour {
  const state = createStore<TourState>(() => ({ name: 'off' }));
  let wasOffered = false;
  desk.state.subscribe(now => {
    if (now.name !== 'ready' || wasOffered) return;
    wasOffered = true;
    if (now.settings.tour === 'new' && state.getState().name === 'off')
      state.setState({ name: 'offered' }, true);
  });
  const finish = (): void => {
    state.setState({ name: 'off' }, true);
    // Not told when it fails: the tour is then offered once more, and nothing else is lost.
    void desk.save({ tour: 'done' });
  };
  const move = (by: 1 | -1): void => {
    const now = state.getState();
    if (now.name !== 'at') return;
    const step = now.step + by;
    if (step >= now.steps.length) return finish();
    state.setState({ ...now, step: Math.max(0, step) }, true);
  };
  return {
    state,
    start() {
      goToFloor();
      const steps = TOUR_STEPS.filter(({ verb }) => verb === null || mayDo(desk.state.getState(), verb));
      state.setState({ name: 'at', step: 0, steps }, true);
    },
    next: () => move(1),
    previous: () => move(-1),
    finish,
  };
}
