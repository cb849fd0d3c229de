import type { CallId } from '#shared/domain/ids.ts';
import { needsYou } from '#shared/projections/fold-board.ts';
import { isUsable } from './call-actions.ts';
import type { Console } from './console.ts';
import { mayEditKnowledge } from './knowledge.ts';
import type { KeyAction, KeyRow } from './keymap.ts';
import type { PaletteCall, PaletteDeed, PaletteScene } from './palette.ts';
import { settingsSchema } from '#shared/ipc/commands.ts';
import { mayPlaceCall } from './place-call.ts';
import { mayDo } from './rights.ts';
import { tellError } from './supervise.ts';

/** What the stores say at this moment, as the palette needs it. */
export function sceneOf(console: Console, rows: readonly KeyRow[]): PaletteScene {
  const desk = console.desk.state.getState();
  const { screen, focusedCallId, order } = console.ui.getState();
  const { calls } = console.floor.getState().board;
  const opened = console.call.state.getState().callId;
  const callId = (screen === 'call' ? opened : screen === 'floor' ? focusedCallId : null) as CallId | null;
  const shown = [...order, ...Object.keys(calls).filter(id => !order.includes(id))];
  return {
    screen,
    rows,
    settings: desk.name === 'ready' ? desk.settings : settingsSchema.parse({}),
    mayDo: verb => mayDo(desk, verb),
    mayEditKnowledge: mayEditKnowledge(desk),
    hasArticle: console.knowledge.desk.state.getState().name === 'open',
    mayPlaceCall: mayPlaceCall(desk),
    call: callId === null ? null : callOf(console, callId),
    calls: shown.flatMap(id => {
      const call = calls[id];
      if (!call || call.callId === callId) return [];
      return [
        { callId: call.callId, displayName: call.displayName, line: call.line, needsYou: needsYou(call) },
      ];
    }),
  };
}

function callOf(console: Console, callId: CallId): PaletteCall | null {
  const { board, next } = console.floor.getState();
  const summary = board.calls[callId];
  const { timeline, callId: opened } = console.call.state.getState();
  const isOpened = opened === callId;
  if (!summary && !isOpened) return null;
  const ladder = console.ladder.state.getState();
  const mine = ladder.callId === callId;
  const media = console.media.state.getState();
  const undoUntilMono = mine ? ladder.undoUntilMono : null;
  return {
    name: summary?.displayName ?? timeline.displayName,
    phase: isOpened && timeline.endedAtMs !== null ? 'ended' : (summary?.phase ?? 'ended'),
    floor: summary?.floor ?? timeline.floor,
    mic: mine ? ladder.mic : 'monitor',
    listening: media.listeningTo === callId,
    muted: media.muted,
    held: (summary?.heldByName ?? null) !== null,
    hasNext: next[callId] !== undefined,
    mayUndo: undoUntilMono !== null && undoUntilMono > console.clock.mono(),
    usableSuggestions: isOpened ? timeline.suggestions.filter(isUsable).length : 0,
    hasSpoken: isOpened && timeline.chunkOrder.length > 0,
    behindLive: isOpened && console.replay.state.getState().atMs !== null,
  };
}

/** Does what a row of the palette says. */
export function doDeed(console: Console, run: (action: KeyAction) => void, deed: PaletteDeed): void {
  const { actions, desk, ui } = console;
  switch (deed.name) {
    case 'act':
      return run(deed.action);
    case 'open-call':
      // The call that is open is left as by its own key: nobody goes on hearing what they no longer see.
      if (ui.getState().screen === 'call') actions.goTo('floor');
      if (ui.getState().screen !== 'call') actions.openCall(deed.callId);
      return;
    case 'go-to':
      return actions.goTo(deed.screen);
    case 'open-policies':
      actions.goTo('knowledge');
      if (ui.getState().screen === 'knowledge') console.knowledge.show('policies');
      return;
    case 'set':
      return void desk.save(deed.change).then(error => error && tellError(ui, error));
    case 'end-call':
      return ui.setState({ sheet: 'end-call' });
    case 'write-note':
      return console.notes.compose();
    case 'place-call':
      return ui.setState({ sheet: 'place-call' });
    case 'open-capsule':
      return console.archive.choose();
    case 'start-tour':
      return console.tour.start();
  }
}
