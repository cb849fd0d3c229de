import {
  ArrowLeft,
  CircleDot,
  Headphones,
  Lock,
  Mic,
  MicOff,
  Signal,
  SignalMedium,
  Timer,
  TriangleAlert,
} from 'lucide-react';
import { useMemo } from 'react';
import type { LineState } from '#renderer/media/media-link.ts';
import { Avatar } from '#renderer/components/avatar.tsx';
import { TurnPill } from '#renderer/components/turn-state.tsx';
import { useCall, useConsole, useDesk, useFloor, useMedia } from '#renderer/stores/use-console.ts';
import { lineWords, type LineGrade } from '#shared/projections/line-words.ts';
import { whoHearsWhom } from '#shared/projections/who-hears-whom.ts';
import { ATTENTION_WORDS, HUSH_WORDS, waitWords } from '#shared/projections/words.ts';
import { moodOf, startOf } from '../call-words.ts';
import { DetailsButton } from '../details-button.tsx';
import { Elapsed } from '../elapsed.tsx';
import { OwnTextsPill } from './own-texts-pill.tsx';

const SILENT_LINES: readonly LineState['name'][] = ['blocked', 'waiting', 'lost'];

const LINE_HUES: Readonly<Record<LineGrade, string>> = {
  good: 'text-muted',
  fair: 'text-muted',
  poor: 'pill-hue text-warn',
  bad: 'pill-hue text-veto',
};

/** Who calls, what is going on, and top right in words who hears whom. */
export function CallHeader() {
  const { actions } = useConsole();
  const timeline = useCall(state => state.timeline);
  const callId = useCall(state => state.callId);
  const summary = useFloor(state => (callId === null ? undefined : state.board.calls[callId]));
  const myId = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const hears = useMemo(() => whoHearsWhom(timeline, myId), [timeline, myId]);
  // The log knows what this person may hear, and only this page whether it arrives.
  const silent = useMedia(
    ({ listeningTo, hearing: { name } }) => listeningTo === callId && SILENT_LINES.includes(name),
  );
  const quality = lineWords(timeline);
  const mood = summary && moodOf(summary, myId);
  const worst = summary?.attention[0];
  const name = timeline.displayName || (summary?.displayName ?? '');
  const line = timeline.line || (summary?.line ?? '');
  const from = timeline.from ?? summary?.from ?? 'number withheld';
  return (
    <header className="call-header flex min-h-[60px] flex-none flex-wrap items-center gap-x-3.5 gap-y-1 border-b border-line-2 px-3 py-1">
      <button
        type="button"
        className="btn h-9 w-9 border-transparent bg-transparent p-0"
        aria-label="Back"
        onClick={() => actions.back()}
      >
        <ArrowLeft size={18} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <div className="-ml-2.5 min-w-0 leading-[1.3]">
        <h1 className="m-0 truncate text-[15px] font-semibold">{name === '' ? 'Call' : name}</h1>
        <p className="m-0 truncate text-[12.5px] text-muted">
          {name !== '' && from !== name && `${from} · `}
          {line !== '' && `${line} line`}
        </p>
      </div>
      {mood && <TurnPill {...mood} />}
      {summary && (
        <span className="text-[15px]">
          <Elapsed sinceMs={startOf(summary)} untilMs={summary.endedAtMs} />
        </span>
      )}
      {worst && (
        <span className="pill pill-hue text-veto">
          <TriangleAlert size={13} strokeWidth={2} aria-hidden="true" />
          {ATTENTION_WORDS[worst.reason]}
        </span>
      )}
      {timeline.slowSafe && (
        <span className="pill text-muted" title={`Set by ${timeline.slowSafe.userName}`}>
          <Timer size={13} strokeWidth={1.75} aria-hidden="true" /> Slow-safe:{' '}
          {waitWords(timeline.slowSafe.holdBackMs).toLowerCase()}
        </span>
      )}
      <OwnTextsPill isRunning={summary?.phase === 'connected'} />
      {timeline.hush && (
        <span className="pill pill-hue text-warn" role="status">
          <Lock size={13} strokeWidth={2} aria-hidden="true" /> {HUSH_WORDS}
        </span>
      )}
      {timeline.recording && !timeline.hush && (
        <span className="pill text-muted">
          <CircleDot size={13} strokeWidth={1.75} aria-hidden="true" /> Recording
        </span>
      )}
      {quality && (
        <span
          data-testid="line"
          className={`pill ${LINE_HUES[quality.grade]}`}
          title="Estimated score of the worse direction, 1 to 4.5, as far as the media server"
        >
          {quality.grade === 'good' || quality.grade === 'fair' ? (
            <Signal size={13} strokeWidth={1.75} aria-hidden="true" />
          ) : (
            <SignalMedium size={13} strokeWidth={2} aria-hidden="true" />
          )}
          {quality.words}
        </span>
      )}
      <span className="flex-1 narrow-hide" />
      {summary?.phase === 'connected' && (
        <p
          role="status"
          data-testid="hears"
          className="m-0 flex min-h-[34px] items-center gap-2 rounded-[17px] border border-line bg-panel px-3.5 whitespace-nowrap text-muted max-[700px]:whitespace-normal"
        >
          <Headphones size={14} strokeWidth={1.75} aria-hidden="true" />
          <span>
            You hear <b className="font-semibold text-text">{silent ? 'nobody' : hears.youHear}</b>
          </span>
          <span className="h-4 w-px bg-muted" />
          {hears.callerHearsYou ? (
            <Mic size={14} strokeWidth={1.75} aria-hidden="true" className="text-human" />
          ) : (
            <MicOff size={14} strokeWidth={1.75} aria-hidden="true" />
          )}
          <b className="font-semibold text-text">{hears.hearsYou}</b>
        </p>
      )}
      <span className="flex gap-1.5 narrow-hide">
        {timeline.people.map(person => (
          <Avatar key={person.userId} name={person.name} me={person.userId === myId} />
        ))}
      </span>
      <DetailsButton />
    </header>
  );
}
