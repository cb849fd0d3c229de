import type { CallId } from '#shared/domain/ids.ts';
import type { Console } from './console.ts';
import type { KeyAction } from './keymap.ts';
import { mayEditKnowledge } from './knowledge.ts';
import { SKIP_MS } from './replay.ts';
import { traceLast } from './word-trace.ts';

/** A second press within this time is a slip of the finger, not a wish. */
export const DESTRUCTIVE_THROTTLE_MS = 600;
const DESTRUCTIVE: readonly KeyAction[] = [
  'veto',
  'release',
  'take-over',
  'barge',
  'hand-back',
  'undo',
  'leave',
];

/** Runs what a key means here and now. */
export function createKeyRunner(console: Console): (action: KeyAction) => void {
  const last = new Map<KeyAction, number>();

  return action => {
    const mono = console.clock.mono();
    const before = last.get(action) ?? -Infinity;
    if (DESTRUCTIVE.includes(action) && mono - before < DESTRUCTIVE_THROTTLE_MS) return;
    last.set(action, mono);
    const { ui, ladder, actions } = console;
    const { screen, focusedCallId, order } = ui.getState();
    const callId = (
      screen === 'call'
        ? console.call.state.getState().callId
        : screen === 'history'
          ? console.history.state.getState().focusedId
          : focusedCallId
    ) as CallId | null;

    switch (action) {
      case 'help':
        return ui.setState({ sheet: 'keys' });
      case 'palette':
        return ui.setState({ sheet: 'palette' });
      case 'back':
        return actions.back();
      case 'search':
        document.getElementById('search')?.focus();
        return;
      case 'live':
        return console.replay.seek(null);
      case 'play':
        return void console.replay.toggle();
      case 'skip-back':
      case 'skip-forward':
        return console.replay.skip(action === 'skip-back' ? -SKIP_MS : SKIP_MS);
      case 'history':
        return actions.goTo('history');
      case 'figures':
        return actions.goTo('figures');
      case 'knowledge':
        return actions.goTo('knowledge');
      case 'new-article':
        if (mayEditKnowledge(console.desk.state.getState())) console.knowledge.desk.begin();
        return;
      case 'save-article':
        return void console.knowledge.desk.save();
      case 'list-up':
      case 'list-down':
        if (screen === 'knowledge') return console.knowledge.step(action === 'list-up' ? -1 : 1);
        if (screen === 'history') return console.history.focus(action === 'list-up' ? -1 : 1);
        return ui.setState({ focusedCallId: neighbour(order, focusedCallId, action === 'list-up' ? -1 : 1) });
      case 'undo':
        return void ladder.undo();
      case 'hand-back':
        return void ladder.handBack('');
      case 'mute':
        return ladder.toggleMute();
      case 'open-call':
        if (screen === 'knowledge') return document.getElementById('article-text')?.focus();
        if (callId !== null) actions.openCall(callId);
        return;
      default:
        if (callId !== null) runOnCall(console, action, callId);
    }
  };
}

type CallAction = Exclude<
  KeyAction,
  | 'help'
  | 'palette'
  | 'back'
  | 'search'
  | 'live'
  | 'play'
  | 'skip-back'
  | 'skip-forward'
  | 'history'
  | 'figures'
  | 'knowledge'
  | 'new-article'
  | 'save-article'
  | 'open-call'
  | 'list-up'
  | 'list-down'
  | 'undo'
  | 'hand-back'
  | 'mute'
>;

function runOnCall(
  { ladder, actions, ui, call, coaching }: Console,
  action: CallAction,
  callId: CallId,
): void {
  switch (action) {
    case 'listen':
      return void ladder.toggleListening(callId);
    case 'whisper':
    case 'tell-ai':
      return actions.compose('tell');
    case 'say-now':
      return actions.compose('say');
    case 'barge':
      return void ladder.barge(callId);
    case 'take-over':
      // From the floor the call is opened as well: nobody should speak to a caller whom they do not see.
      if (ui.getState().screen === 'floor') actions.openCall(callId);
      return void ladder.takeOver(callId);
    case 'step-down':
      return void ladder.stepDown(callId);
    case 'leave':
      return void ladder.leave(callId);
    case 'use-first':
    case 'use-second':
      return void actions.useSuggestion(callId, action === 'use-first' ? 0 : 1);
    case 'veto':
      return void actions.veto(callId);
    case 'release':
      return void actions.release(callId);
    case 'slow-safe':
      return void actions.nextHoldBack(callId);
    case 'hush':
      return void actions.toggleHush(callId);
    case 'hold':
      return void actions.toggleHold(callId);
    case 'arm':
      return void ladder.toggleArmed(callId);
    case 'coach':
      return coaching.press(callId);
    case 'transfer':
      return actions.openTransfer();
    case 'trace':
      return traceLast(ui, call.state.getState().timeline);
    case 'flag':
      return void actions.flag(callId);
  }
}

function neighbour(order: readonly string[], current: string | null, step: 1 | -1): string | null {
  const at = current === null ? -1 : order.indexOf(current);
  if (at < 0) return order[0] ?? null;
  return order[Math.max(0, Math.min(order.length - 1, at + step))] ?? current;
}
