import { Pause, Play, RotateCcw, RotateCw, Volume2, VolumeX } from 'lucide-react';
import { useEffect } from 'react';
import { ariaKey, keySign } from '#renderer/components/key-sign.ts';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { RecordingShape } from '#renderer/components/recording-shape.tsx';
import { MakeCapsuleButton } from '#renderer/screens/capsule-parts.tsx';
import { RATES, SKIP_MS } from '#renderer/stores/replay.ts';
import {
  useArchive,
  useCall,
  useConsole,
  useDesk,
  useKeyOf,
  useNow,
  useReplay,
  useShown,
} from '#renderer/stores/use-console.ts';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { clockWords } from '#shared/projections/words.ts';

/** Steps of the slider: finer is not seen on it. */
const STEP_MS = 100;

/** The past of a call under the hand: there for a finished call, and for a running one while somebody looks back. */
export function CallReplay() {
  const { replay } = useConsole();
  const keyOf = useKeyOf();
  const timeline = useCall(state => state.timeline);
  const callId = useCall(state => state.callId);
  const atMs = useReplay(state => state.atMs);
  const playing = useReplay(state => state.playing);
  const rate = useReplay(state => state.rate);
  const shape = useReplay(state => state.shape);
  const mayPlay = useDesk(
    state => state.name === 'ready' && state.user.capabilities.includes('recording.play'),
  );
  // Its audio was given away with it.
  const isCapsule = useArchive(state => state.capsule !== null && state.capsule.callId === callId);
  const isRead = useCall(state => state.status.name === 'ready');
  const nowMs = useNow(1_000);
  const shownFloor = useShown(state => state.timeline.floor);
  const { endedAtMs } = timeline;
  const fromMs = timeline.connectedAtMs ?? timeline.ringingAtMs ?? nowMs;
  const toMs = endedAtMs ?? nowMs;
  const headMs = atMs ?? toMs;
  useEffect(() => {
    if (isRead && (mayPlay || isCapsule)) void replay.readShape();
  }, [isRead, mayPlay, isCapsule, replay, endedAtMs]);
  const spoken = `${clockWords(headMs - fromMs)} of ${clockWords(toMs - fromMs)}`;
  return (
    <section
      aria-label="Playback"
      className="flex min-h-[62px] flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-2 bg-panel px-5 py-2"
    >
      <KeyButton
        className="btn-40"
        icon={playing ? Pause : Play}
        label={playing ? 'Pause' : 'Play'}
        shortcut={keyOf('play')}
        pressed={playing}
        onPress={() => void replay.toggle()}
      />
      <button
        type="button"
        className="btn h-9 w-9 p-0"
        aria-label="Back 5 s"
        aria-keyshortcuts={ariaKey(keyOf('skip-back'))}
        title={`Back 5 s ${keySign(keyOf('skip-back'))}`}
        onClick={() => replay.skip(-SKIP_MS)}
      >
        <RotateCcw size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="btn h-9 w-9 p-0"
        aria-label="Forward 5 s"
        aria-keyshortcuts={ariaKey(keyOf('skip-forward'))}
        title={`Forward 5 s ${keySign(keyOf('skip-forward'))}`}
        onClick={() => replay.skip(SKIP_MS)}
      >
        <RotateCw size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <span className="num min-w-[96px] flex-none text-center whitespace-nowrap text-muted">
        <b className="font-semibold text-text">{clockWords(headMs - fromMs)}</b> / {clockWords(toMs - fromMs)}
      </span>
      <div className={`flex min-w-[120px] flex-1 ${shape === null ? '' : 'shape-slider'}`}>
        {shape !== null && <RecordingShape {...shape} fromMs={fromMs} toMs={toMs} />}
        <input
          type="range"
          className="replay-range flex-1"
          aria-label="Position in the call"
          aria-valuetext={`${spoken}, ${shownFloor === 'human' ? 'a person is on the line' : 'the AI is on the line'}`}
          min={0}
          max={Math.max(STEP_MS, toMs - fromMs)}
          step={STEP_MS}
          value={Math.max(0, headMs - fromMs)}
          onChange={event => replay.seek(fromMs + Number(event.target.value))}
        />
      </div>
      <label className="flex items-center gap-1.5 text-muted">
        Speed
        <select
          className="pill h-[28px] bg-panel px-2 text-[12.5px] text-text"
          value={rate}
          onChange={event => {
            const chosen = RATES.find(one => one === Number(event.target.value));
            if (chosen !== undefined) replay.setRate(chosen);
          }}
        >
          {RATES.map(one => (
            <option key={one} value={one}>
              {one}×
            </option>
          ))}
        </select>
      </label>
      <Sound timeline={timeline} />
      <MakeCapsuleButton />
      {endedAtMs === null && (
        <>
          <span role="status" className="num pill pill-hue text-warn">
            Behind live by {clockWords(nowMs - headMs)}
          </span>
          <KeyButton
            className="btn-40 btn-on"
            icon={Play}
            label="LIVE"
            shortcut={keyOf('live')}
            onPress={() => replay.seek(null)}
          />
        </>
      )}
    </section>
  );
}

/** Whether the past can be heard, and if not, why. */
function Sound({ timeline }: { readonly timeline: CallTimeline }) {
  const audio = useReplay(state => state.audio);
  if (audio.name === 'none')
    return (
      <span role="status" className="flex items-center gap-1.5 text-muted">
        <VolumeX size={14} strokeWidth={1.75} aria-hidden="true" />
        {audio.error.code === 'recording.none' ? noRecordingWords(timeline) : audio.error.message}
      </span>
    );
  return audio.name === 'ready' ? (
    <Volume2 size={15} strokeWidth={1.75} role="img" aria-label="With sound" className="text-muted" />
  ) : null;
}

const noRecordingWords = ({ connectedAtMs }: CallTimeline): string =>
  connectedAtMs === null ? 'No sound: nobody answered' : 'No sound: this call was not recorded';
