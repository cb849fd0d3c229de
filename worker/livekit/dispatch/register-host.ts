import type { Clock } from '#shared/domain/clock.ts';
import type { LivekitAccess } from '../livekit-access.ts';
import type { RoomAssignments } from '../room-assignment.ts';
import { agentMessages } from './agent-messages.ts';
import { openAgentSocket, type AgentSocketState, type ServerAsks } from './agent-socket.ts';
import { AssignmentQueue } from './assignment-queue.ts';
import * as slotsOf from './host-slots.ts';

/** The server waits 10 s for an answer and gives the room right after it; what has not come by then never will. */
const PROMISE_LIMIT_MS = 12_000;

export interface RegisterHostOptions {
  readonly access: LivekitAccess;
  readonly clock: Clock;
  /** 0 to 1 */
  readonly random: () => number;
  /** Most calls at a time. */
  readonly capacity: number;
  readonly onState: (state: AgentSocketState) => void;
  /** Something of the protocol that changes nothing for us. */
  readonly onNote: (note: { readonly type: 'job.terminated'; readonly jobId: string }) => void;
}

export interface RegisteredHost extends RoomAssignments {
  /** How busy this process is, 0 to 1; what LiveKit weighs is this or the share of used slots, whichever is more. */
  busy(ratio: number): void;
  /** Takes no further room; resolves when the last call has ended. */
  drain(): Promise<void>;
  readonly calls: () => number;
  close(): void;
}

/** Registers this process with LiveKit as a host of calls, for as long as it lives. */
export function registerHost(options: RegisterHostOptions): RegisteredHost {
  const { clock, access } = options;
  const queue = new AssignmentQueue();
  const { promise: drained, resolve: allEnded } = Promise.withResolvers<undefined>();
  let slots = slotsOf.emptySlots(options.capacity);
  let busyRatio = 0;

  const tellStatus = (): void =>
    socket.send(
      agentMessages.status(slotsOf.isFull(slots), slotsOf.loadOf(slots, busyRatio), slotsOf.usedSlots(slots)),
    );
  const become = (next: slotsOf.HostSlots): void => {
    slots = next;
    tellStatus();
    if (slots.draining && slotsOf.usedSlots(slots) === 0) allEnded(undefined);
  };
  const onAsked = (message: ServerAsks): void => {
    if (message.case === 'availability') {
      const jobId = message.value.job?.id ?? '';
      const isFree = !slotsOf.isFull(slots);
      socket.send(agentMessages.availability(jobId, isFree));
      if (!isFree) return;
      become(slotsOf.promise(slots, jobId));
      clock.after(PROMISE_LIMIT_MS, () => {
        if (slots.promised.has(jobId)) become(slotsOf.free(slots, jobId));
      });
    } else if (message.case === 'assignment') {
      const { job, token } = message.value;
      if (!job?.room || slots.taken.has(job.id)) return;
      become(slotsOf.take(slots, job.id));
      queue.push({
        jobId: job.id,
        dispatchId: job.dispatchId,
        roomName: job.room.name,
        url: message.value.url ?? access.url,
        token,
        metadata: job.metadata === '' ? job.room.metadata : job.metadata,
      });
    } else if (message.case === 'termination') {
      // The server says this of the new host too when the one that hangs is displaced: both go by the identity `ai`. The room
      // itself tells when it is over.
      options.onNote({ type: 'job.terminated', jobId: message.value.jobId });
    }
  };
  const socket = openAgentSocket({
    ...options,
    onAsked,
    onState: state => {
      if (state.name === 'registered') tellStatus();
      if (state.name === 'away') become(slotsOf.forgetPromises(slots));
      options.onState(state);
    },
  });

  return {
    next: signal => queue.next(signal),
    running: jobId => socket.send(agentMessages.job(jobId, 'running')),
    ended: (jobId, outcome) => {
      if (!slots.taken.has(jobId)) return;
      socket.send(agentMessages.job(jobId, outcome));
      become(slotsOf.free(slots, jobId));
    },
    busy: ratio => {
      busyRatio = ratio;
      tellStatus();
    },
    drain: () => {
      become({ ...slots, draining: true });
      return drained;
    },
    calls: () => slotsOf.usedSlots(slots),
    close: () => socket.close(),
  };
}
