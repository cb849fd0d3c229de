import { useEffect } from 'react';
import { RELEASE_REASONS } from '#shared/domain/release-reasons.ts';
import { keyRowsOf } from '#renderer/stores/custom-keys.ts';
import { actionOf, KEY_ROWS, type KeyAction, type KeyPlace } from '#renderer/stores/keymap.ts';
import type { Console } from '#renderer/stores/console.ts';
import { useConsole } from '#renderer/stores/use-console.ts';
import { whoCanBeCoached } from '#shared/projections/who-hears-whom.ts';

/** Gives the keyboard to the console, except where somebody is typing. */
export function useKeys(run: (action: KeyAction) => void): void {
  const console = useConsole();
  useEffect(() => {
    /** The physical key that is held to whisper: letting go is recognised whatever the layout or the modifiers are by then. */
    let heldCode: string | null = null;
    const letGo = (): void => {
      heldCode = null;
      console.coaching.release();
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (heldCode !== null && event.code === heldCode) letGo();
    };
    const onHidden = (): void => {
      if (document.hidden) letGo();
    };
    const onKey = (event: KeyboardEvent): void => {
      // A held key goes on being ours, whatever the focus is on by now.
      if (event.repeat && heldCode !== null && event.code === heldCode) event.preventDefault();
      if (event.defaultPrevented || event.isComposing || isSliders(event)) return;
      const { sheet, releasePick } = console.ui.getState();
      const desk = console.desk.state.getState();
      const mic = console.ladder.state.getState().mic;
      const target = event.target instanceof HTMLElement ? event.target : null;
      const singleKeys = desk.name !== 'ready' || desk.settings.singleKeys;
      const reason = RELEASE_REASONS[Number(keyOf(event)) - 1];
      const picking = releasePick !== null && !isTyping(target) && sheet === 'none';
      if (picking && singleKeys && reason && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        void console.actions.explainRelease(reason);
        return;
      }
      const action = actionOf(
        { key: keyOf(event), ctrl: event.ctrlKey || event.metaKey, alt: event.altKey, repeat: event.repeat },
        {
          place: placeOf(console),
          typing: isTyping(target),
          // Enter on a card opens it; Enter on a button presses the button.
          onControl:
            target !== null &&
            target.closest('button, a, select, [role=tab]') !== null &&
            target.closest('[data-call]') === null,
          focusByKeys: target === null || isFocusVisible(target),
          dialog: sheet !== 'none',
          onLine: mic === 'live' || mic === 'barge',
          singleKeys,
        },
        desk.name === 'ready' ? keyRowsOf(desk.settings.keymap) : KEY_ROWS,
      );
      if (action === null) return;
      event.preventDefault();
      if (action === 'coach') heldCode = event.code;
      run(action);
    };
    const stopUi = console.ui.subscribe(({ sheet, screen }) => {
      if (sheet !== 'none' || screen !== 'call') letGo();
    });
    window.addEventListener('keydown', onKey);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', letGo);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      stopUi();
      letGo();
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', letGo);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, [console, run]);
}

/** Whether a call is shown as it is now, with somebody else of ours on its line. */
function placeOf({ ui, desk, call, replay }: Console): KeyPlace {
  const { screen } = ui.getState();
  const { timeline } = call.state.getState();
  const now = desk.state.getState();
  const isHeld =
    screen === 'call' &&
    replay.state.getState().atMs === null &&
    now.name === 'ready' &&
    whoCanBeCoached(timeline, now.user.userId) !== null;
  return isHeld ? 'held-call' : screen;
}

/** False for a control that has the focus because it was clicked. */
const isFocusVisible = (target: HTMLElement): boolean => target.matches(':focus-visible');

/** A slider moves by these; every other key is ours. */
const SLIDER_KEYS = /^(?:Arrow|Home$|End$|Page)/u;
const isSliders = ({ target, key }: KeyboardEvent): boolean =>
  target instanceof HTMLElement && target.matches('input[type=range]') && SLIDER_KEYS.test(key);

/** With Alt some layouts make another character of a digit key. */
const keyOf = ({ key, code, altKey }: KeyboardEvent): string =>
  altKey ? (/^Digit(\d)$/u.exec(code)?.[1] ?? key) : key;

const isTyping = (target: HTMLElement | null): boolean =>
  target?.matches('input:not([type=checkbox], [type=range]), textarea, select, [contenteditable=true]') ??
  false;
