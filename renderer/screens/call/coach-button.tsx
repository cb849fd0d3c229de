import { Speech } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { CallId } from '#shared/domain/ids.ts';
import { whoCanBeCoached } from '#shared/projections/who-hears-whom.ts';
import { COACH_WORDS_ID } from './coach-note.tsx';
import { Kbd } from '#renderer/components/kbd.tsx';
import { ariaKey } from '#renderer/components/key-sign.ts';
import { useCall, useCoaching, useConsole, useDesk, useKeyOf } from '#renderer/stores/use-console.ts';

/** Held with pointer or keys: this person's voice for whoever has the call, and for nobody else. */
export function CoachButton({ callId }: { readonly callId: CallId }) {
  const { coaching } = useConsole();
  const keyOf = useKeyOf();
  const myId = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const timeline = useCall(state => state.timeline);
  const held = useCoaching(state => state);
  const button = useRef<HTMLButtonElement>(null);
  const name = whoCanBeCoached(timeline, myId);
  const isHeld = held.name !== 'silent' && held.callId === callId;
  const isShown = name !== null;
  // Whoever has gone lets go: the button may vanish under a finger that still presses.
  useEffect(() => () => coaching.release(), [coaching, isShown]);
  if (name === null) return null;
  const isHoldKey = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter';
  return (
    <button
      ref={button}
      type="button"
      className={`btn btn-40 touch-none select-none ${isHeld ? 'btn-human' : ''}`}
      aria-pressed={isHeld}
      aria-keyshortcuts={ariaKey(keyOf('coach'))}
      aria-describedby={COACH_WORDS_ID}
      onPointerDown={event => {
        if (event.button !== 0) return;
        button.current?.setPointerCapture(event.pointerId);
        coaching.press(callId);
      }}
      onPointerUp={() => coaching.release()}
      onPointerCancel={() => coaching.release()}
      onLostPointerCapture={() => coaching.release()}
      onKeyDown={event => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        if (!event.repeat) coaching.press(callId);
      }}
      onKeyUp={event => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        coaching.release();
      }}
      onBlur={() => coaching.release()}
      onContextMenu={event => event.preventDefault()}
      // A click that no pointer and no key has made, as assistive technology sends it, cannot be held: it turns on and off.
      onClick={({ detail }) => {
        if (detail > 0) return;
        if (isHeld) coaching.release();
        else coaching.press(callId);
      }}
    >
      <Speech size={17} strokeWidth={1.75} aria-hidden="true" />
      <span>Hold to whisper</span>
      <Kbd>{keyOf('coach')}</Kbd>
    </button>
  );
}
