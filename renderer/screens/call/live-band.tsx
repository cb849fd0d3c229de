import { CoachedNote } from './coached-note.tsx';
import { useCall, useConsole, useKeyOf, useLadder, useMedia, useNow } from '#renderer/stores/use-console.ts';
import { Kbd } from '#renderer/components/kbd.tsx';
import { ariaKey } from '#renderer/components/key-sign.ts';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { LevelMeter } from '#renderer/components/level-meter.tsx';
import { useFrameLoop } from '../use-frames.ts';

/** You are on the line: own level, what the switch took, how to undo it and how to give the call back. */
export function LiveBand() {
  const { ladder, media, clock } = useConsole();
  const frames = useFrameLoop();
  const keyOf = useKeyOf();
  const { mic, callId, clickToLiveMs, undoUntilMono } = useLadder(state => state);
  const muted = useMedia(state => state.muted);
  const opening = useMedia(state => state.device.name !== 'open');
  // There is room for one of them, and the whisper is what matters now.
  const coached = useCall(({ timeline }) => timeline.edges.some(([from]) => from.startsWith('coach:')));
  const cut = useMedia(state => state.speaking.name === 'reconnecting');
  useNow(250);
  const undoLeft = undoUntilMono === null ? 0 : Math.ceil((undoUntilMono - clock.mono()) / 1000);
  return (
    <section
      aria-label="You are on the line"
      className="band-human flex min-h-[62px] flex-none flex-wrap items-center gap-x-5 gap-y-1 border-b px-5 py-2"
    >
      <div role="status" className="leading-[1.45]">
        <div className="text-[15px] font-semibold text-human">You are on the line</div>
        <div className="text-[12.5px]">
          {opening
            ? 'Opening your microphone: the caller does not hear you yet'
            : cut
              ? 'Reconnecting: the caller may not hear you'
              : muted
                ? 'You are muted: the caller does not hear you'
                : mic === 'barge'
                  ? 'The caller hears you; the AI is held'
                  : 'The AI is silent and still listening'}
        </div>
      </div>
      <LevelMeter label="Your microphone level" read={media.level} frames={frames} />
      <CoachedNote />
      <span className="text-[12.5px] text-muted">
        {clickToLiveMs !== null && !coached && (
          <>
            Voice reached the caller{' '}
            <b className="num font-medium text-text">{Math.round(clickToLiveMs)} ms</b> after your click
          </>
        )}
      </span>
      <span className="flex-1" />
      {mic === 'live' && undoLeft > 0 && (
        <button
          type="button"
          className="btn"
          aria-keyshortcuts={ariaKey(keyOf('undo'))}
          onClick={() => void ladder.undo()}
        >
          Undo <Kbd>{keyOf('undo')}</Kbd>
          <span className="num w-[34px] text-right">{undoLeft} s</span>
        </button>
      )}
      {mic === 'live' ? (
        <KeyButton
          className="btn-solid"
          label="Hand back to the AI"
          shortcut={keyOf('hand-back')}
          onPress={() => void ladder.handBack('')}
        />
      ) : (
        callId !== null && (
          <KeyButton
            className="btn-solid"
            label="Step down"
            shortcut={keyOf('step-down')}
            onPress={() => void ladder.stepDown(callId)}
          />
        )
      )}
    </section>
  );
}
