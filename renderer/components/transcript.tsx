import { Flag, MessageSquareText, ShieldX } from 'lucide-react';
import { memo, useEffect, useLayoutEffect, useRef, useState, type MouseEvent } from 'react';
import type { ReleaseReason } from '#shared/domain/release-reasons.ts';
import type { ChunkView, NoteView, TranscriptLine } from '#shared/projections/call-timeline.ts';
import {
  clockWords,
  policyWords,
  reasonWords,
  releaseReasonWords,
  unusedWords,
} from '#shared/projections/words.ts';
import { ReleaseReasons } from './release-reasons.tsx';

export interface TranscriptProps {
  readonly lines: readonly TranscriptLine[];
  readonly chunks: Readonly<Record<string, ChunkView>>;
  readonly notes: Readonly<Record<string, NoteView>>;
  /** Number of each source, by its id. */
  readonly sources: ReadonlyMap<string, number>;
  readonly originMs: number;
  /** Words of the caller that may still change; never announced. */
  readonly partial: string;
  /** Which chunk sounds, and how much of it has been heard, in UTF-16 code units. */
  readonly heard: { readonly chunkId: string; readonly chars: number } | null;
  readonly myName: string;
  /** The refused sentence that this person may still release. */
  readonly releasableId: string | null;
  /** The sentence that this person has just released, until they say why. */
  readonly pickFor: string | null;
  readonly onRelease: () => void;
  readonly onReason: (reason: ReleaseReason) => void;
  readonly onSource: () => void;
  /** A spoken word was pointed at. */
  readonly onWord: (chunkId: string, offset: number) => void;
}

/** Closer to the end than this counts as being at the end. */
const AT_END_PX = 40;
/** Of a very long call only the last lines exist at first (DAY23, BEN14); closer to the upper edge than this, more of them are made. */
const FIRST_LINES = 2_500;
const MORE_LINES = 150;
const MORE_AT_PX = 600;
/** Lines leave at the top so many at a time, so that a new one at the end does not move all others. */
const LEAVE_LINES = 50;

/** Everything said, in order. It grows at its end; whoever scrolled up stays there. */
export function Transcript(props: TranscriptProps) {
  const { lines, partial } = props;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [unseen, setUnseen] = useState(false);
  // Where somebody reads further up; null follows the end.
  const [readsFrom, setReadsFrom] = useState<number | null>(null);
  const ends = Math.max(0, Math.floor((lines.length - FIRST_LINES) / LEAVE_LINES) * LEAVE_LINES);
  const from = readsFrom ?? ends;
  const heightBefore = useRef<number | null>(null);

  const toEnd = (): void => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setUnseen(false);
    setReadsFrom(null);
  };
  const onScroll = (element: HTMLDivElement): void => {
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    if (atEnd.current) {
      setUnseen(false);
      setReadsFrom(null);
    } else if (element.scrollTop < MORE_AT_PX && from > 0) {
      heightBefore.current = element.scrollHeight;
      setReadsFrom(Math.max(0, from - MORE_LINES));
    } else setReadsFrom(from);
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    // What was added above must not move what is being read.
    else if (heightBefore.current !== null) element.scrollTop += element.scrollHeight - heightBefore.current;
    heightBefore.current = null;
  }, [lines, partial, from]);
  useEffect(() => {
    if (!atEnd.current) setUnseen(true);
  }, [lines]);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        className="h-full overflow-y-auto [overflow-anchor:none]"
        tabIndex={0}
        aria-label="Transcript"
        role="region"
        onScroll={({ currentTarget: element }) => onScroll(element)}
        onClick={event => {
          const found = wordAt(event);
          if (found) props.onWord(found.chunkId, found.offset);
        }}
      >
        <div className="flex min-h-full flex-col justify-end px-5 pt-6 pb-5">
          {/* Lines that are made because somebody reads further up are not news. */}
          <div role="log" aria-live={readsFrom === null ? 'polite' : 'off'} aria-label="What was said">
            {lines.slice(from).map(line => (
              <Line key={line.key} line={line} {...pick(line, props)} />
            ))}
          </div>
          {partial !== '' && (
            <div className="line" aria-hidden="true" data-testid="partial">
              <span />
              <span className="font-semibold text-muted">Caller</span>
              <span className="text-muted italic">{partial}</span>
            </div>
          )}
          {lines.length === 0 && partial === '' && (
            <p className="pb-8 text-center text-muted">
              Nothing said yet. Words appear here as they are spoken.
            </p>
          )}
        </div>
      </div>
      {unseen && (
        <button
          type="button"
          className="btn btn-small absolute bottom-3 left-1/2 -translate-x-1/2"
          onClick={toEnd}
        >
          New lines
        </button>
      )}
    </div>
  );
}

/** The place of a spoken word under the pointer, in the text of its chunk; null for anything else, and while text is selected. */
function wordAt({ target, clientX, clientY }: MouseEvent): { chunkId: string; offset: number } | null {
  if (!(target instanceof Element) || target.closest('button') !== null) return null;
  const chunk = target.closest<HTMLElement>('[data-chunk]');
  const chunkId = chunk?.dataset['chunk'];
  if (!chunk || chunkId === undefined || window.getSelection()?.isCollapsed === false) return null;
  const caret = document.caretPositionFromPoint(clientX, clientY);
  if (!caret || !chunk.contains(caret.offsetNode)) return null;
  const before = document.createRange();
  before.setStart(chunk, 0);
  before.setEnd(caret.offsetNode, caret.offset);
  return { chunkId, offset: before.toString().length };
}

interface LineProps {
  readonly line: TranscriptLine;
  readonly chunks: readonly ChunkView[];
  readonly note: NoteView | null;
  readonly sources: ReadonlyMap<string, number>;
  readonly originMs: number;
  readonly heardChars: number;
  readonly myName: string;
  readonly release: 'none' | 'may' | 'why';
  readonly onRelease: () => void;
  readonly onReason: (reason: ReleaseReason) => void;
  readonly onSource: () => void;
}

/** Only what one line needs, so that a line renders again when it changes and not when another does. */
function pick(line: TranscriptLine, props: TranscriptProps): Omit<LineProps, 'line'> {
  const ids = line.kind === 'ai' ? line.chunkIds : line.kind === 'veto' ? [line.chunkId] : [];
  const chunks = ids.flatMap(id => props.chunks[id] ?? []);
  const sounding = chunks.find(chunk => chunk.state === 'speaking');
  const { sources, originMs, myName, onSource, onRelease, onReason, releasableId, pickFor } = props;
  const vetoed = line.kind === 'veto' ? line.chunkId : null;
  return {
    release: vetoed === null ? 'none' : vetoed === pickFor ? 'why' : vetoed === releasableId ? 'may' : 'none',
    onRelease,
    onReason,
    chunks,
    note: line.kind === 'note' ? (props.notes[line.noteId] ?? null) : null,
    heardChars: sounding && props.heard?.chunkId === sounding.chunkId ? props.heard.chars : 0,
    sources,
    originMs,
    myName,
    onSource,
  };
}

const Line = memo(
  LineView,
  (a, b) =>
    a.line === b.line &&
    a.note === b.note &&
    a.heardChars === b.heardChars &&
    a.release === b.release &&
    a.onRelease === b.onRelease &&
    a.sources === b.sources &&
    a.chunks.length === b.chunks.length &&
    a.chunks.every((chunk, at) => chunk === b.chunks[at]),
);

function LineView(props: LineProps) {
  const { line, chunks, note, sources, originMs, heardChars, myName, onSource } = props;
  const time = <span className="num text-[12px] text-faint">{clockWords(line.atMs - originMs)}</span>;
  switch (line.kind) {
    case 'caller':
      return (
        <div className="line">
          {time}
          <span className="font-semibold text-muted">Caller</span>
          <span>{line.text}</span>
        </div>
      );
    case 'human':
      return (
        <div className="line">
          {time}
          <span className="truncate font-semibold text-human">
            {line.userName === myName ? 'You' : line.userName}
          </span>
          <span className={line.text === null ? 'text-muted' : ''}>
            {line.text ?? `Spoke ${clockWords(line.durationMs)}, not transcribed`}
          </span>
        </div>
      );
    case 'ai':
      return (
        <div className="line">
          {time}
          <span className="font-semibold text-lane-b">AI</span>
          <span>
            {chunks.map(chunk => (
              <SpokenChunk
                key={chunk.chunkId}
                chunk={chunk}
                sources={sources}
                heardChars={heardChars}
                onSource={onSource}
              />
            ))}
          </span>
        </div>
      );
    case 'veto':
      return chunks[0] ? <VetoCard {...props} chunk={chunks[0]} /> : null;
    case 'note':
      return note && <NoteCard note={note} mine={note.userName === myName} />;
    case 'event':
      return (
        <div className="line text-muted">
          {time}
          <Flag
            size={13}
            className={line.event === 'moment.flagged' ? 'mt-1 text-warn' : 'invisible'}
            aria-hidden="true"
          />
          <span className="text-[13px]">{youIn(line.detail, myName)}</span>
        </div>
      );
  }
}

function SpokenChunk({
  chunk,
  sources,
  heardChars,
  onSource,
}: {
  readonly chunk: ChunkView;
  readonly sources: ReadonlyMap<string, number>;
  readonly heardChars: number;
  readonly onSource: () => void;
}) {
  const { text, state, heardText } = chunk;
  const heard = state === 'speaking' ? heardChars : state === 'interrupted' ? heardText.length : text.length;
  const rest = text.slice(heard);
  return (
    <span className={chunk.lane === 'A' ? 'text-muted' : ''} data-state={state} data-chunk={chunk.chunkId}>
      {text.slice(0, heard)}
      {rest !== '' && state === 'interrupted' && <del className="text-muted">{rest}</del>}
      {rest !== '' && state !== 'interrupted' && <span className="text-muted">{rest}</span>}
      {chunk.citations.map(({ sourceId }) => (
        <sup key={sourceId}>
          <button
            type="button"
            className="ml-0.5 text-[11px] font-semibold text-lane-b hover:underline"
            aria-label={`Source ${sources.get(sourceId) ?? ''}`}
            onClick={onSource}
          >
            {sources.get(sourceId)}
          </button>
        </sup>
      ))}{' '}
    </span>
  );
}

/** What this person did is told to them as theirs. */
const youIn = (detail: string, myName: string): string =>
  myName !== '' && detail.startsWith(`${myName} `)
    ? `You${detail.slice(myName.length)}`.replace(/^You holds /u, 'You hold ')
    : detail;

function VetoCard({
  chunk,
  release,
  onRelease,
  onReason,
}: { readonly chunk: ChunkView } & Pick<LineProps, 'release' | 'onRelease' | 'onReason'>) {
  const released = chunk.veto?.released;
  const by =
    chunk.veto?.by === 'supervisor' ? (chunk.veto.userName ?? 'Supervisor') : (chunk.veto?.policy ?? '');
  return (
    <div className="veto-card line-card flex gap-3 px-3.5 py-2" title={policyWords(chunk.veto?.policy ?? '')}>
      <ShieldX size={17} strokeWidth={1.75} className="mt-0.5 flex-none text-veto" aria-hidden="true" />
      <div className="min-w-0 leading-[1.6]">
        <div>
          <b className="font-semibold">Vetoed before it was spoken</b>{' '}
          <span className="text-muted">{by}</span>
        </div>
        <del className="text-muted">{chunk.draftText.trim()}</del>
        {chunk.veto && chunk.veto.by === 'policy' && (
          <span className="sr-only">: {reasonWords(chunk.veto.reason)}</span>
        )}
        {released && (
          <div className="text-warn">
            Released by {released.userName}
            {released.reason !== null && `: ${releaseReasonWords(released.reason)}`}
          </div>
        )}
        {release === 'may' && (
          <button type="button" className="btn btn-small mt-1 ml-2" aria-keyshortcuts="R" onClick={onRelease}>
            Release <kbd className="kbd">R</kbd>
          </button>
        )}
        {release === 'why' && <ReleaseReasons onReason={onReason} />}
      </div>
    </div>
  );
}

function NoteCard({ note, mine }: { readonly note: NoteView; readonly mine: boolean }) {
  const { receipt } = note;
  return (
    <div className="card line-card flex gap-3 rounded-[8px] px-3.5 py-2.5">
      <MessageSquareText
        size={17}
        strokeWidth={1.75}
        className="mt-px flex-none text-muted"
        aria-hidden="true"
      />
      <div>
        <b className="font-semibold">{mine ? 'You' : note.userName} told the AI</b> “{note.text}”{' '}
        {receipt.name === 'received' && <span className="text-muted">Waits for the next turn</span>}
        {receipt.name === 'used' && <span className="text-ok">Used in turn {receipt.turnNumber}</span>}
        {receipt.name === 'unused' && <span className="text-warn">{unusedWords(receipt.reason)}</span>}
      </div>
    </div>
  );
}
