import { useEffect } from 'react';
import { RELEASE_REASONS } from '#shared/domain/release-reasons.ts';
import { keyRowsOf } from '#renderer/stores/custom-keys.ts';
import { actionOf, KEY_ROWS, type KeyAction } from '#renderer/stores/keymap.ts';
import { useConsole } from '#renderer/stores/use-console.ts';

/** Gives the keyboard to the console, except where somebody is typing. */
export function useKeys(run: (action: KeyAction) => void): void {
  const console = useConsole();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isSliders(event)) return;
      const { screen, sheet, releasePick } = console.ui.getState();
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
          screen,
          typing: isTyping(target),
          // Enter on a card opens it; Enter on a button presses the button.
          onControl:
            target !== null &&
            target.closest('button, a, select, [role=tab]') !== null &&
            target.closest('[data-call]') === null,
          dialog: sheet !== 'none',
          onLine: mic === 'live' || mic === 'barge',
          singleKeys,
        },
        desk.name === 'ready' ? keyRowsOf(desk.settings.keymap) : KEY_ROWS,
      );
      if (action === null) return;
      event.preventDefault();
      run(action);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [console, run]);
}

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
