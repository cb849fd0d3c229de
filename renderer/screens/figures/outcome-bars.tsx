import type { CallOutcome, FigureSpan, WindowFigures } from '#shared/domain/call-figures.ts';

const HOUR_MS = 3_600_000;
const HEIGHT_PX = 140;
const TICKS = 6;

/** Bottom to top. Shape tells as well as colour: what went wrong is hatched. */
const LOOKS: readonly {
  readonly outcome: CallOutcome;
  readonly words: string;
  readonly look: string;
}[] = [
  { outcome: 'succeeded', words: 'Ended in good order', look: 'bar-good' },
  { outcome: 'given-up', words: 'Caller gave up ringing', look: 'bar-quiet' },
  { outcome: 'cut-off', words: 'Cut off', look: 'bar-bad' },
  { outcome: 'not-set-up', words: 'Never connected', look: 'bar-bad' },
];

/** Ended calls by hour or day, by what became of them. */
export function OutcomeBars({ figures }: { readonly figures: WindowFigures }) {
  const { spans, outcomes } = figures;
  const totals = spans.map(span => LOOKS.reduce((sum, { outcome }) => sum + span.outcomes[outcome], 0));
  const most = Math.max(1, ...totals);
  const byHour = (spans[1]?.fromMs ?? 0) - (spans[0]?.fromMs ?? 0) === HOUR_MS;
  return (
    <section aria-labelledby="figures-calls">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-5 gap-y-1">
        <h2 id="figures-calls" className="m-0 text-[12.5px] font-semibold text-muted">
          {byHour ? 'Calls by hour' : 'Calls by day'}
        </h2>
        {LOOKS.filter(({ outcome }) => outcomes[outcome] > 0).map(({ outcome, words, look }) => (
          <span key={outcome} className="flex items-center gap-2 text-[12.5px]">
            <i className={`bar-key ${look}`} aria-hidden="true" />
            {words} <b className="num font-semibold">{outcomes[outcome]}</b>
          </span>
        ))}
        <span className="num ml-auto text-[11px] text-faint" aria-hidden="true">
          highest {Math.max(0, ...totals)}
        </span>
      </div>
      <div
        className="flex items-end gap-[2px] border-b border-line"
        style={{ height: HEIGHT_PX }}
        aria-hidden="true"
      >
        {spans.map((span, at) => (
          <div
            key={span.fromMs}
            className="flex h-full min-w-0 flex-1 flex-col-reverse"
            title={`${spanWords(span, byHour)}: ${totals[at] ?? 0}`}
          >
            {LOOKS.map(({ outcome, look }) => (
              <i
                key={outcome}
                className={`block ${look}`}
                style={{ height: `${(span.outcomes[outcome] / most) * 100}%` }}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="num relative mt-1 h-4 text-[11px] text-faint" aria-hidden="true">
        {ticksOf(spans).map(([span, at]) => (
          <span key={span.fromMs} className="absolute" style={{ left: `${(at / spans.length) * 100}%` }}>
            {spanWords(span, byHour)}
          </span>
        ))}
      </div>
      <div className="sr-only">
        <table>
          <caption>{byHour ? 'Calls by hour' : 'Calls by day'}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              {LOOKS.map(({ outcome, words }) => (
                <th key={outcome} scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {spans
              .filter((_span, at) => (totals[at] ?? 0) > 0)
              .map(span => (
                <tr key={span.fromMs}>
                  <th scope="row">{spanWords(span, byHour)}</th>
                  {LOOKS.map(({ outcome }) => (
                    <td key={outcome}>{span.outcomes[outcome]}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Some spans with their place, evenly. */
function ticksOf(spans: readonly FigureSpan[]): readonly (readonly [span: FigureSpan, at: number])[] {
  const step = Math.max(1, Math.ceil(spans.length / TICKS));
  return spans.flatMap((span, at) => (at % step === 0 ? [[span, at] as const] : []));
}

function spanWords({ fromMs }: FigureSpan, byHour: boolean): string {
  return new Date(fromMs).toLocaleString(
    'en-GB',
    byHour ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' },
  );
}
