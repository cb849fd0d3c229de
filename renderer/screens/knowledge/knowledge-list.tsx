import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { KnowledgeItem } from '#shared/ipc/knowledge-commands.ts';
import { useArticle, useConsole, useKnowledgeList, useNow } from '#renderer/stores/use-console.ts';
import { agoWords, dayWords, markedParts, policyStanding, standing } from './knowledge-words.ts';

/** Heights of a row without, with one and with two lines of its passage. Fixed, so that nothing shifts while it is measured. */
const ROW_PX = [65, 83, 101] as const;
/** Characters that fit one line of the column for certain. */
const LINE_CHARS = 42;
const EVERY_MS = 30_000;

const linesOf = ({ excerpt }: KnowledgeItem): 0 | 1 | 2 =>
  excerpt === '' ? 0 : excerpt.length > LINE_CHARS ? 2 : 1;

/** The articles that were found; only the rows in view exist. */
export function KnowledgeList({ items }: { readonly items: readonly KnowledgeItem[] }) {
  const box = useRef<HTMLDivElement>(null);
  const nowMs = useNow(EVERY_MS);
  const isPolicies = useKnowledgeList(state => state.space === 'policies');
  const openId = useArticle(state =>
    state.name === 'open' ? (state.doc?.docId ?? null) : state.name === 'none' ? null : state.docId,
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions stay in this component and are never memoized
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: at => ROW_PX[items[at] ? linesOf(items[at]) : 0],
    overscan: 6,
    initialRect: { width: 312, height: 600 },
    getItemKey: at => items[at]?.docId ?? at,
  });
  // Sizes follow the passages, and those follow the search.
  useEffect(() => rows.measure(), [rows, items]);
  const openAt = items.findIndex(item => item.docId === openId);
  useEffect(() => {
    if (openAt >= 0) rows.scrollToIndex(openAt);
  }, [openAt, rows]);
  return (
    <div
      ref={box}
      role="listbox"
      aria-label={isPolicies ? 'Policies' : 'Articles'}
      tabIndex={0}
      aria-activedescendant={openAt >= 0 ? `article-${openId ?? ''}` : undefined}
      className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
    >
      <div className="relative" role="presentation" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(row => {
          const item = items[row.index];
          return (
            item && (
              <div
                key={row.key}
                role="presentation"
                className="absolute inset-x-0"
                style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              >
                <Row
                  item={item}
                  isOpen={item.docId === openId}
                  place={row.index + 1}
                  of={items.length}
                  nowMs={nowMs}
                />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly item: KnowledgeItem;
  readonly isOpen: boolean;
  readonly place: number;
  readonly of: number;
  readonly nowMs: number;
}

function Row({ item, isOpen, place, of, nowMs }: RowProps) {
  const { knowledge } = useConsole();
  const { words, hue } = spaceOf(item.docId) === 'policies' ? policyStanding(item) : standing(item, nowMs);
  return (
    <div
      id={`article-${item.docId}`}
      role="option"
      aria-selected={isOpen}
      aria-posinset={place}
      aria-setsize={of}
      className={`article-row ${isOpen ? 'article-row-open' : ''}`}
      onClick={() => void knowledge.desk.open(item.docId)}
    >
      <div className="truncate text-[13px] font-semibold">
        <Marked text={item.title === '' ? 'Untitled' : item.title} spans={item.titleHits} />
      </div>
      {item.excerpt !== '' && (
        <div className="line-clamp-2 text-[12.5px] leading-[18px] text-muted">
          <Marked text={item.excerpt} spans={item.excerptHits} />
        </div>
      )}
      <div className="mt-0.5 flex gap-2 truncate text-[11.5px] text-muted">
        <span className={hue}>{words}</span>
        <span className="truncate">{asideOf(item, nowMs)}</span>
      </div>
    </div>
  );
}

/** The second thing about a row: what waits, until when somebody has to look, or who wrote last. */
function asideOf(item: KnowledgeItem, nowMs: number): string {
  if (item.waiting > 0) return 'Waiting to sync';
  if (item.verifyByMs !== null && item.verifyByMs <= nowMs)
    return `Verify by ${dayWords(item.verifyByMs, nowMs)}`;
  const who = item.editedBy === '' ? '' : `${item.editedBy}, `;
  return `${who}edited ${agoWords(item.editedAtMs, nowMs)}`;
}

function Marked({ text, spans }: { readonly text: string; readonly spans: KnowledgeItem['titleHits'] }) {
  return markedParts(text, spans).map(({ text: part, isHit }, at) =>
    isHit ? (
      <mark key={at} className="hit">
        {part}
      </mark>
    ) : (
      part
    ),
  );
}
