/** The rooms of one host: promised to LiveKit but not yet given, and given. Pure. */
export interface HostSlots {
  readonly capacity: number;
  readonly promised: ReadonlySet<string>;
  readonly taken: ReadonlySet<string>;
  readonly draining: boolean;
}

export const emptySlots = (capacity: number): HostSlots => ({
  capacity,
  promised: new Set(),
  taken: new Set(),
  draining: false,
});

/** A host that is not full never says 1: LiveKit passes by whoever has no weight, and loses the room when all have none. */
const MOST_LOAD = 0.99;

export const usedSlots = ({ promised, taken }: HostSlots): number => promised.size + taken.size;

export const isFull = (slots: HostSlots): boolean => slots.draining || usedSlots(slots) >= slots.capacity;

/** What LiveKit weighs hosts by: the share of slots in use, or how busy the process is if that is more. */
export function loadOf(slots: HostSlots, busyRatio: number): number {
  if (isFull(slots)) return 1;
  return Math.min(MOST_LOAD, Math.max(usedSlots(slots) / slots.capacity, busyRatio));
}

export const promise = (slots: HostSlots, jobId: string): HostSlots => ({
  ...slots,
  promised: new Set(slots.promised).add(jobId),
});

/** LiveKit gave what it had asked about. One that was promised too long ago is taken too: a caller waits in it. */
export const take = (slots: HostSlots, jobId: string): HostSlots => ({
  ...slots,
  promised: without(slots.promised, jobId),
  taken: new Set(slots.taken).add(jobId),
});

export const free = (slots: HostSlots, jobId: string): HostSlots => ({
  ...slots,
  promised: without(slots.promised, jobId),
  taken: without(slots.taken, jobId),
});

/** With the connection went every promise: the server that was given them knows nothing of them any more. */
export const forgetPromises = (slots: HostSlots): HostSlots => ({ ...slots, promised: new Set() });

function without(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const rest = new Set(set);
  rest.delete(member);
  return rest;
}
