import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { guidePlace, type Box } from '#renderer/components/guide-place.ts';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';
import type { TourState } from '#renderer/stores/tour.ts';

const LOOK_EVERY_MS = 250;

/** The tour on the floor: an offer in the corner, then one small card beside each thing. Calls go on beneath it. */
export function TourGuide() {
  const { tour } = useConsole();
  const state = useStore(tour.state);
  const screen = useUi(ui => ui.screen);
  if (state.name === 'off' || screen !== 'floor') return null;
  return state.name === 'offered' ? <Offer /> : <Step key={state.step} state={state} />;
}

function Offer() {
  const { tour } = useConsole();
  return (
    <section aria-label="A short tour" className="guide guide-corner">
      <h2 className="m-0 text-[13.5px] font-semibold">New here?</h2>
      <p className="mt-1 mb-3 text-muted">Four short steps show what is where. Calls go on meanwhile.</p>
      <div className="flex gap-2">
        <button type="button" className="btn btn-small btn-solid" onClick={() => tour.start()}>
          Show me around
        </button>
        <button type="button" className="btn btn-small" onClick={() => tour.finish()}>
          No, thank you
        </button>
      </div>
    </section>
  );
}

function Step({ state }: { readonly state: Extract<TourState, { name: 'at' }> }) {
  const { tour, clock } = useConsole();
  const card = useRef<HTMLElement>(null);
  const [target, setTarget] = useState<Box | null>(null);
  const [cardHeight, setCardHeight] = useState(160);
  const step = state.steps[state.step];
  const isLast = state.step === state.steps.length - 1;

  useLayoutEffect(() => {
    const look = (): void => {
      const box = document.querySelector(`[data-tour="${step?.target ?? ''}"]`)?.getBoundingClientRect();
      const found = box && box.width > 0 && box.height > 0 ? box : null;
      setTarget(before => (sameBox(before, found) ? before : found && plain(found)));
      setCardHeight(card.current?.offsetHeight ?? 160);
    };
    look();
    // Rows come and go under it, and windows change their size.
    return clock.every(LOOK_EVERY_MS, look);
  }, [clock, step]);

  useEffect(() => {
    // Each step is read out and has the keyboard; whoever types somewhere keeps it.
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && activeElement.matches('input, textarea, select')) return;
    card.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, []);

  if (!step) return null;
  const view = { width: window.innerWidth, height: window.innerHeight };
  const place = target && guidePlace(target, { width: 320, height: cardHeight }, view);
  return (
    <>
      {target && (
        <div
          aria-hidden="true"
          className="guide-ring"
          style={{ left: target.left, top: target.top, width: target.width, height: target.height }}
        />
      )}
      <section
        ref={card}
        aria-labelledby="guide-title"
        aria-describedby="guide-words"
        className={`guide ${place ? '' : 'guide-corner'}`}
        style={place ?? undefined}
        onKeyDown={event => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          tour.finish();
        }}
      >
        <p className="num m-0 text-[11px] text-muted">
          {state.step + 1} of {state.steps.length}
        </p>
        <h2 id="guide-title" className="m-0 text-[13.5px] font-semibold">
          {step.title}
        </h2>
        <p id="guide-words" className="mt-1 mb-3 text-muted">
          {step.words}
        </p>
        <div className="flex items-center gap-2">
          <button
            type="button"
            data-first
            aria-describedby="guide-title guide-words"
            className="btn btn-small btn-solid"
            onClick={() => tour.next()}
          >
            {isLast ? 'Done' : 'Next'}
          </button>
          {state.step > 0 && (
            <button type="button" className="btn btn-small" onClick={() => tour.previous()}>
              Back
            </button>
          )}
          <span className="flex-1" />
          {!isLast && (
            <button type="button" className="btn btn-small" onClick={() => tour.finish()}>
              Skip
            </button>
          )}
        </div>
      </section>
    </>
  );
}

const plain = ({ left, top, width, height }: DOMRect): Box => ({ left, top, width, height });

const sameBox = (one: Box | null, other: Box | null): boolean =>
  one === other ||
  (one !== null &&
    other !== null &&
    one.left === other.left &&
    one.top === other.top &&
    one.width === other.width &&
    one.height === other.height);
