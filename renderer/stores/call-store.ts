import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { appendToTimeline, emptyTimeline } from '#shared/projections/fold-timeline.ts';
import { inOneBatch } from '#shared/projections/one-batch.ts';
import { appendToLanes, emptyLanes, type LaneTimeline } from '#shared/projections/lane-timeline.ts';

export type CallStatus =
  | { readonly name: 'closed' }
  | { readonly name: 'loading' }
  | { readonly name: 'ready' }
  | { readonly name: 'failed'; readonly error: ErrorBody };

export interface CallState {
  readonly callId: CallId | null;
  readonly status: CallStatus;
  readonly timeline: CallTimeline;
  readonly lanes: LaneTimeline;
}

const CLOSED: CallState = {
  callId: null,
  status: { name: 'closed' },
  timeline: emptyTimeline,
  lanes: emptyLanes,
};

/** The opened call: its whole log, read once and then followed by `seq`; a gap is read again. */
export interface CallStore {
  readonly state: StoreApi<CallState>;
  /** Every event of the opened call that has been read, from `seq` 0. */
  log(): readonly CallEvent[];
  open(callId: CallId): Promise<void>;
  close(): void;
  /** Events of any calls, as the stream brings them. */
  follow(events: readonly CallEvent[]): void;
  /** Reads what is missing; after a new snapshot the stream may have left something out. */
  catchUp(): Promise<void>;
}

export function createCallStore(bridge: DeskBridge): CallStore {
  const state = createStore<CallState>(() => CLOSED);
  let early: CallEvent[] = [];
  let log: CallEvent[] = [];
  let reading = false;

  const apply = (events: readonly CallEvent[]): 'whole' | 'gap' => {
    const before = state.getState();
    const { timeline, lanes, outcome } = inOneBatch(() => fold(before, events));
    if (timeline !== before.timeline) state.setState({ timeline, lanes });
    return outcome;
  };
  const fold = (before: CallState, events: readonly CallEvent[]) => {
    let { timeline, lanes } = before;
    let outcome: 'whole' | 'gap' = 'whole';
    for (const event of events) {
      const nextTimeline = appendToTimeline(timeline, event);
      const nextLanes = appendToLanes(lanes, event);
      if (!nextTimeline || !nextLanes) {
        outcome = 'gap';
        break;
      }
      if (nextTimeline !== timeline) log.push(event);
      timeline = nextTimeline;
      lanes = nextLanes;
    }
    return { timeline, lanes, outcome };
  };

  const catchUp = async (): Promise<void> => {
    const { callId } = state.getState();
    if (callId === null || reading) return;
    reading = true;
    const answer = await bridge.run('get-call-events', {
      callId,
      afterSeq: state.getState().timeline.lastSeq,
    });
    reading = false;
    if (state.getState().callId !== callId) return void catchUp(); // another call was opened meanwhile
    if (!answer.ok) {
      // With something on the screen, an unreachable worker is shown by the link; the words stay.
      if (state.getState().timeline.lastSeq < 0)
        state.setState({ status: { name: 'failed', error: answer.error } });
      return;
    }
    apply(answer.value.events);
    const missed = early;
    early = [];
    const outcome = apply(missed);
    state.setState({ status: { name: 'ready' } });
    if (outcome === 'gap') await catchUp();
  };

  return {
    state,
    catchUp,
    log: () => log,
    async open(callId) {
      if (state.getState().callId === callId && state.getState().status.name === 'ready') return;
      early = [];
      log = [];
      state.setState({ ...CLOSED, callId, status: { name: 'loading' } }, true);
      await catchUp();
    },
    close() {
      early = [];
      log = [];
      state.setState(CLOSED, true);
    },
    follow(events) {
      const { callId, status } = state.getState();
      const mine = events.filter(event => event.conversationId === callId);
      if (mine.length === 0) return;
      if (status.name !== 'ready' || reading) early.push(...mine);
      else if (apply(mine) === 'gap') {
        early.push(...mine);
        void catchUp();
      }
    },
  };
}
