import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { CallEventType } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { OpenCalls } from './open-calls.ts';
import { WIRE_BATCH_MS, type WorkerMessage } from '#shared/protocol/stream.ts';

/** What a person must see at once; it takes everything before it along, so order is kept. */
const URGENT: ReadonlySet<CallEventType> = new Set<CallEventType>([
  'call.ringing',
  'call.ended',
  'chunk.vetoed',
  'attention.raised',
  'floor.changed',
  'takeover.fenced',
  'takeover.live',
  'takeover.ended',
]);

/** Data a slow reader may leave unread before it starts again from a snapshot. */
export const SLOW_READER_BYTES = 4 * 1024 * 1024;
/** A client that is this far behind is quicker with a snapshot than with what it missed. */
const RESUME_LIMIT = 20_000;

export interface FeedReader {
  send(message: WorkerMessage): void;
  bufferedBytes(): number;
}

interface FeedDeps {
  readonly journal: Journal;
  readonly desk: CallDesk;
  readonly openCalls: OpenCalls;
  readonly clock: Clock;
  readonly orgId: OrgId;
  readonly userId: UserId;
  readonly workerId: string;
  readonly brain: string;
  readonly voice: string;
  readonly canDial?: boolean;
}

/** One client's view of the log: a snapshot, then everything after it, in order, without gap or double (API20-API25). */
export class EventFeed {
  readonly #deps: FeedDeps;
  readonly #reader: FeedReader;
  #entries: JournalEntry[] = [];
  /** The newest notice of its kind per call; older ones are of no interest. */
  #notices = new Map<string, Notice>();
  #timer: Cancel | null = null;
  #position = -1;
  #live = false;
  #stops: (() => void)[] = [];
  #restarting = false;
  #snapshotBytes = 0;

  constructor(deps: FeedDeps, reader: FeedReader) {
    this.#deps = deps;
    this.#reader = reader;
  }

  /** Sends the snapshot, with what was missed after position `after` or, from -1, what is needed to draw the floor. */
  async start(after: number): Promise<void> {
    this.stop();
    const { journal, desk, openCalls } = this.#deps;
    // Listen first: what happens while the snapshot is read must be in one or the other.
    this.#stops = [
      journal.onEntry(entry => this.#onEntry(entry)),
      desk.onNotice(notice => this.#onNotice(notice)),
    ];
    const resumable = after >= 0 && after <= journal.head && journal.head - after <= RESUME_LIMIT;
    const entries = resumable ? await journal.entries(after, RESUME_LIMIT) : [];
    const position = entries.at(-1)?.position ?? journal.head;
    this.#position = position;
    const { workerId, brain, voice, orgId, canDial = false } = this.#deps;
    const bufferedBefore = this.#reader.bufferedBytes();
    this.#reader.send({
      type: 'snapshot',
      workerId,
      position,
      brain,
      voice,
      canDial,
      resumed: resumable,
      calls: resumable ? [] : openCalls.of(orgId),
      entries: entries.filter(entry => this.#mine(entry)),
    });
    // However large the snapshot is, it is no sign of a slow reader.
    this.#snapshotBytes = this.#reader.bufferedBytes() - bufferedBefore;
    this.#entries = this.#entries.filter(entry => entry.position > position);
    this.#live = true;
    this.#flush();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#timer?.();
    this.#timer = null;
    this.#entries = [];
    this.#notices.clear();
    this.#live = false;
  }

  #mine(entry: JournalEntry): boolean {
    return entry.event.orgId === this.#deps.orgId;
  }

  #onEntry(entry: JournalEntry): void {
    if (!this.#mine(entry)) return;
    this.#entries.push(entry);
    if (URGENT.has(entry.event.type)) this.#flush();
    else this.#schedule();
  }

  #onNotice(notice: Notice): void {
    const { openCalls, orgId, userId } = this.#deps;
    if (!openCalls.has(notice.callId, orgId)) return;
    // Ten a second and call: on a floor of 500 more than all events together, and of use only to those who hear the call.
    if (notice.type === 'levels' && !openCalls.isHeardBy(notice.callId, userId)) return;
    this.#notices.set(`${notice.type} ${notice.callId}`, notice);
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= this.#deps.clock.after(WIRE_BATCH_MS, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.();
    this.#timer = null;
    if (!this.#live) return;
    if (this.#reader.bufferedBytes() > SLOW_READER_BYTES + this.#snapshotBytes) {
      this.#restart();
      return;
    }
    const entries = this.#entries.filter(entry => entry.position > this.#position);
    this.#entries = [];
    const notices = [...this.#notices.values()];
    this.#notices.clear();
    if (entries.length === 0 && notices.length === 0) return;
    this.#position = entries.at(-1)?.position ?? this.#position;
    this.#reader.send({ type: 'batch', entries, notices });
  }

  /** A reader that cannot keep up gets a new snapshot once it has caught up, instead of an endless queue. */
  #restart(): void {
    if (this.#restarting) return;
    this.#restarting = true;
    this.stop();
    const again = (): void => {
      if (this.#reader.bufferedBytes() > 0) {
        this.#deps.clock.after(WIRE_BATCH_MS, again);
        return;
      }
      this.#restarting = false;
      void this.start(-1);
    };
    this.#deps.clock.after(WIRE_BATCH_MS, again);
  }
}
