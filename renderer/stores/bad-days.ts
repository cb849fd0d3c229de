import type { LineState, MediaLink } from '#renderer/media/media-link.ts';
import type { ConsoleClock } from './clock.ts';
import type { DeskState, DeskStore } from './desk-store.ts';
import type { Ladder } from './ladder.ts';
import { tell } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** The worker gives a call back to the AI when its person's desk has been silent for so long (SUP12); this side does the same. */
export const GIVE_UP_AFTER_MS = 2_000;

interface BadDayDeps {
  readonly desk: DeskStore;
  readonly media: MediaLink;
  readonly ladder: Ladder;
  readonly ui: UiStore;
  readonly clock: ConsoleClock;
}

/** What the console does by itself when something around it fails: nothing stays open, and the person is told (DAY10-DAY13). */
export function watchBadDays({ desk, media, ladder, ui, clock }: BadDayDeps): () => void {
  let cancelGiveUp: (() => void) | null = null;

  const onDesk = (state: DeskState, before: DeskState): void => {
    const link = state.name === 'ready' ? state.link : null;
    if (link?.name === 'lost') cancelGiveUp ??= clock.after(GIVE_UP_AFTER_MS, () => ladder.linkLost());
    else {
      cancelGiveUp?.();
      cancelGiveUp = null;
    }
    if (link?.name === 'live' && !isStorage(state) && isStorage(before))
      tell(ui, 'Recording works again. The AI speaks on.');
  };

  const stops = [
    desk.state.subscribe(onDesk),
    media.state.subscribe(
      ({ device, hearing, speaking }, { device: was, hearing: heard, speaking: spoke }) => {
        const isBack = (now: LineState, before: LineState): boolean =>
          now.name === 'on' && before.name === 'reconnecting';
        if (isBack(hearing, heard) || isBack(speaking, spoke)) tell(ui, 'The audio is back.');
        if (device.name === 'failed' && device.error.code === 'media.lost' && was !== device)
          void ladder.deviceLost(device.error);
      },
    ),
  ];
  return () => {
    cancelGiveUp?.();
    for (const stop of stops) stop();
  };
}

/** Whether the worker is connected and cannot record. */
function isStorage(state: DeskState): boolean {
  return (
    state.name === 'ready' &&
    state.link.name === 'live' &&
    state.link.problem?.code.startsWith('storage.') === true
  );
}
