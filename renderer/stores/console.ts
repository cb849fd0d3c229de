import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { MediaLink } from '#renderer/media/media-link.ts';
import type { RecordingTrack } from '#renderer/media/recording-track.ts';
import type { AudioProbe } from '#renderer/media/probe.ts';
import type { EarconPlayer } from '#renderer/media/earcon-player.ts';
import { createAccountStore, type AccountStore } from './account-store.ts';
import { createArchiveStore, type ArchiveStore } from './archive-store.ts';
import { watchBadDays } from './bad-days.ts';
import { createCallActions, type CallActions } from './call-actions.ts';
import { createCallNotes, type CallNotes } from './call-notes.ts';
import { createCallStore, type CallStore } from './call-store.ts';
import type { ConsoleClock } from './clock.ts';
import { createCoaching, type Coaching } from './coaching.ts';
import { createDeskStore, type DeskStore } from './desk-store.ts';
import { startFeed } from './feed.ts';
import { createFloorStore, type FloorStore } from './floor-store.ts';
import { startEarcons } from './earcon-watch.ts';
import { createLadder, isOnLine, type Ladder } from './ladder.ts';
import { createFiguresStore, type FiguresStore } from './figures-store.ts';
import { createLastHour, type LastHour } from './last-hour.ts';
import { createHistoryStore, type HistoryStore } from './history-store.ts';
import { createKnowledge, type Knowledge } from './knowledge.ts';
import { LevelBoard } from './levels.ts';
import { wishToCall, type CallWish } from './place-call.ts';
import { createPrivacyStore, type PrivacyStore } from './privacy-store.ts';
import { createReplay, type Replay } from './replay.ts';
import type { SaveFile } from './save-file.ts';
import { createSupervise } from './supervise.ts';
import { createSyncStore, type SyncStore } from './sync-store.ts';
import { createTour, type Tour } from './tour.ts';
import { createUiStore, type UiState, type UiStore } from './ui-store.ts';

/** Everything behind the screens, wired once. Screens read stores and call actions; nothing else holds state. */
export interface Console {
  readonly clock: ConsoleClock;
  readonly desk: DeskStore;
  readonly accounts: AccountStore;
  readonly privacy: PrivacyStore;
  readonly floor: FloorStore;
  readonly call: CallStore;
  readonly ui: UiStore;
  readonly levels: LevelBoard;
  readonly media: MediaLink;
  readonly ladder: Ladder;
  readonly coaching: Coaching;
  readonly replay: Replay;
  readonly history: HistoryStore;
  readonly archive: ArchiveStore;
  readonly figures: FiguresStore;
  readonly knowledge: Knowledge;
  readonly notes: CallNotes;
  readonly actions: CallActions;
  readonly tour: Tour;
  readonly sync: SyncStore;
  readonly lastHour: LastHour;
  readonly earcons: EarconPlayer;
  /** For one call that a person wants to be placed. */
  readonly newCallWish: () => CallWish;
  start(): () => void;
}

export interface ConsoleDeps {
  readonly bridge: DeskBridge;
  readonly clock: ConsoleClock;
  /** Made here, because the link reads the chosen devices from the desk's settings. */
  readonly media: (chosen: () => { readonly input: string; readonly output: string }) => MediaLink;
  /** Plays recordings on the chosen loudspeaker. */
  readonly track: (outputDeviceId: () => string) => RecordingTrack;
  /** Plays short sounds on the chosen loudspeaker. */
  readonly earcons: EarconPlayer;
  readonly probe?: AudioProbe | null;
  readonly newId?: () => string;
  /** Gives a file to the shell; the page's own way without it. */
  readonly saveFile?: SaveFile;
  readonly initialUi?: Partial<UiState>;
}

export function createConsole(deps: ConsoleDeps): Console {
  const { bridge, clock, probe = null } = deps;
  const desk = createDeskStore(bridge);
  const accounts = createAccountStore(bridge, desk);
  const floor = createFloorStore();
  const call = createCallStore(bridge);
  const ui = createUiStore(deps.initialUi);
  const levels = new LevelBoard();
  const chosen = (): { readonly input: string; readonly output: string } => {
    const state = desk.state.getState();
    return state.name === 'ready'
      ? { input: state.settings.inputDeviceId, output: state.settings.outputDeviceId }
      : { input: '', output: '' };
  };
  const media = deps.media(chosen);
  const newId = deps.newId ?? (() => crypto.randomUUID());
  const supervise = createSupervise(bridge, ui, newId);
  const ladder = createLadder({ media, supervise, ui, clock });
  const coaching = createCoaching({ media, ladder, call, desk, supervise, ui });
  const track = deps.track(() => chosen().output);
  const replay = createReplay({ clock, call, track, quiet: isQuiet => media.setQuiet(isQuiet) });
  const history = createHistoryStore(bridge);
  const figures = createFiguresStore(bridge, clock);
  const sync = createSyncStore(bridge);
  const { saveFile } = deps;
  const isLive = (): boolean => {
    const state = desk.state.getState();
    return state.name === 'ready' && state.link.name === 'live';
  };
  const knowledge = createKnowledge({
    bridge,
    clock,
    ui,
    sync: sync.state,
    isLive,
    ...(saveFile ? { saveFile } : {}),
  });
  const notes = createCallNotes({ bridge, ui, call, history, sync: sync.state });
  const tour = createTour({ desk, goToFloor: () => actions.goTo('floor') });
  const openDoc = (docId: string): void => knowledge.openDoc(docId);
  const actions = createCallActions({ desk, floor, call, ui, media, ladder, replay, supervise, openDoc });
  const archive = createArchiveStore({ bridge, ui, call, replay, actions });

  return {
    clock,
    desk,
    accounts,
    privacy: createPrivacyStore(bridge),
    floor,
    call,
    ui,
    levels,
    media,
    ladder,
    coaching,
    replay,
    history,
    archive,
    figures,
    knowledge,
    notes,
    actions,
    tour,
    sync,
    lastHour: createLastHour(bridge, clock),
    earcons: deps.earcons,
    newCallWish: () => wishToCall(bridge, newId),
    start() {
      void desk.load();
      void archive.openWaiting();
      const stopCapsules = bridge.onNotice('capsule-waiting', () => void archive.openWaiting());
      const watch = startEarcons({
        player: deps.earcons,
        clock,
        desk,
        scene: () => {
          const { callId, status, timeline } = call.state.getState();
          const user = desk.state.getState();
          return {
            callId,
            isOnLine: isOnLine(ladder.state.getState().mic),
            userId: user.name === 'ready' ? user.user.userId : '',
            edges: status.name === 'ready' ? timeline.edges : null,
          };
        },
      });
      const stopFeed = startFeed({ bridge, clock, floor, call, levels, onNew: watch.hear });
      const stopCoaching = coaching.start();
      const stopSync = sync.start();
      const stopKnowledge = knowledge.start();
      const stopNotes = notes.start();
      const stopBadDays = watchBadDays({ desk, media, ladder, ui, clock });
      const stopFollowing = call.state.subscribe(({ callId, timeline, status }) => {
        if (callId === null || status.name !== 'ready') return;
        const me = myself(desk, timeline.people);
        if (probe) probe.micMode = me?.mic ?? 'monitor';
        ladder.reconcile(callId, {
          seq: timeline.lastSeq,
          mic: me?.mic ?? 'monitor',
          listening: me?.listening ?? false,
        });
      });
      return () => {
        stopFollowing();
        stopCoaching();
        stopCapsules();
        stopFeed();
        stopSync();
        watch.stop();
        stopBadDays();
        stopKnowledge();
        stopNotes();
        replay.reset();
        media.closeMicrophone();
        media.stopListening();
        desk.dispose();
      };
    },
  };
}

function myself<Person extends { readonly userId: string }>(
  desk: DeskStore,
  people: readonly Person[],
): Person | undefined {
  const state = desk.state.getState();
  return state.name === 'ready' ? people.find(person => person.userId === state.user.userId) : undefined;
}
