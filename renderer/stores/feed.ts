import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { StreamDown } from '#shared/ipc/streams.ts';
import type { CallStore } from './call-store.ts';
import type { ConsoleClock } from './clock.ts';
import { foldFloor, type FloorStore } from './floor-store.ts';
import type { LevelBoard } from './levels.ts';

const PRUNE_EVERY_MS = 1_000;

interface FeedDeps {
  readonly bridge: DeskBridge;
  readonly clock: ConsoleClock;
  readonly floor: FloorStore;
  readonly call: CallStore;
  readonly levels: LevelBoard;
  /** Events that happen while the console looks, before the stores have them; never what had happened before. */
  readonly onNew?: (events: readonly CallEvent[]) => void;
}

/** The events of some messages that are news to whoever knows the journal up to `position`. A snapshot is history. */
export function newEvents(position: number, messages: readonly StreamDown<'floor'>[]): readonly CallEvent[] {
  const events: CallEvent[] = [];
  let known = position;
  for (const message of messages) {
    if (message.type === 'snapshot') known = message.position;
    else
      for (const entry of message.entries) {
        if (entry.position <= known) continue;
        known = entry.position;
        events.push(entry.event);
      }
  }
  return events;
}

/** Carries the floor stream into the stores, once per frame, and opens it again when it is closed. */
export function startFeed({ bridge, clock, floor, call, levels, onNew }: FeedDeps): () => void {
  let waiting: StreamDown<'floor'>[] = [];
  let cancelFrame: (() => void) | null = null;
  let stopped = false;

  const flush = (): void => {
    cancelFrame = null;
    const messages = waiting;
    waiting = [];
    const fresh = newEvents(floor.getState().board.position, messages);
    if (fresh.length > 0) onNew?.(fresh);
    floor.setState(foldFloor(floor.getState(), messages, clock.now(), clock.mono()), true);
    const again = messages.some(message => message.type === 'snapshot');
    call.follow(
      messages.flatMap(message =>
        message.type === 'batch' ? message.entries.map(entry => entry.event) : [],
      ),
    );
    if (again) void call.catchUp();
  };

  const open = () =>
    bridge.open(
      'floor',
      {},
      {
        onMessage: message => {
          waiting.push(message);
          if (message.type === 'batch')
            for (const notice of message.notices)
              if (notice.type === 'levels') levels.set(notice.callId, notice);
          cancelFrame ??= clock.frame(flush);
        },
        onClose: () => {
          if (!stopped) clock.after(PRUNE_EVERY_MS, reopen);
        },
      },
    );
  let stream = open();
  const reopen = (): void => {
    if (!stopped) stream = open();
  };

  const stopPruning = clock.every(PRUNE_EVERY_MS, () => {
    const before = floor.getState();
    const after = foldFloor(before, [], clock.now(), clock.mono());
    if (after.board === before.board) return;
    levels.keep(new Set(Object.keys(after.board.calls)));
    floor.setState(after, true);
  });

  return () => {
    stopped = true;
    stopPruning();
    cancelFrame?.();
    stream.close();
  };
}
