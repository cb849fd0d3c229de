import type { EarconPlayer } from '#renderer/media/earcon-player.ts';
import type { Earcon } from '#renderer/media/earcons.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import type { ConsoleClock } from './clock.ts';
import type { DeskStore } from './desk-store.ts';
import {
  earconOf,
  linkEarcon,
  nextEarcon,
  sceneAfter,
  type EarconLog,
  type EarconScene,
} from './earcon-rules.ts';

interface WatchDeps {
  readonly player: EarconPlayer;
  readonly clock: ConsoleClock;
  readonly desk: DeskStore;
  /** As it was before the events that are heard next. */
  readonly scene: () => EarconScene;
}

/** Lets the desk sound for what happens. */
export function startEarcons({ player, clock, desk, scene }: WatchDeps): {
  readonly hear: (events: readonly CallEvent[]) => void;
  readonly stop: () => void;
} {
  let log: EarconLog = {};

  const sound = (wanted: readonly Earcon[]): void => {
    const state = desk.state.getState();
    if (state.name !== 'ready' || !state.settings.earcons) return;
    const mono = clock.mono();
    const earcon = nextEarcon(log, wanted, mono);
    if (earcon === null) return;
    log = { ...log, [earcon]: mono };
    player.play(earcon, state.settings.earconVolumeRatio, state.settings.outputDeviceId);
  };

  let before: LinkState['name'] | null = null;
  const stop = desk.state.subscribe(state => {
    const after = state.name === 'ready' ? state.link.name : null;
    const earcon = linkEarcon(before, after);
    // While a worker starts anew it was lost and is not back yet.
    if (after !== 'starting') before = after;
    if (earcon) sound([earcon]);
  });
  return {
    hear: events => {
      let now = scene();
      const wanted: Earcon[] = [];
      for (const event of events) {
        const earcon = earconOf(event, now);
        if (earcon) wanted.push(earcon);
        now = sceneAfter(now, event);
      }
      if (wanted.length > 0) sound(wanted);
    },
    stop,
  };
}
