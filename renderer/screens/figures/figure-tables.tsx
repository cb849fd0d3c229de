import type { Percentiles, WindowFigures } from '#shared/domain/call-figures.ts';

interface Timing {
  readonly words: string;
  readonly values: Percentiles;
  /** Goals of the product: requirement rows O1 to O3. */
  readonly goal: { readonly p50?: number; readonly p95?: number };
}

/** Times with their goals, and rates. */
export function FigureTables({ figures }: { readonly figures: WindowFigures }) {
  const timings: readonly Timing[] = [
    {
      words: 'First sound after the caller',
      values: figures.time_to_first_audio_ms,
      goal: { p50: 400, p95: 900 },
    },
    { words: 'Answer after the caller', values: figures.turn_latency_ms, goal: { p95: 1200 } },
    { words: 'Silence after an interruption', values: figures.barge_in_stop_ms, goal: { p95: 250 } },
    ...Object.entries(figures.tool_call_latency_ms).map(([tool, values]) => ({
      words: `Tool: ${tool.replaceAll('_', ' ')}`,
      values,
      goal: {},
    })),
  ];
  const rates: readonly (readonly [words: string, value: number | null, of: string])[] = [
    ['Ended in good order', figures.call_success_rate, 'of calls nobody gave up'],
    ['Contained by the AI', figures.containment_rate, 'of answered calls'],
    ['Needed a person', figures.escalation_rate, 'of answered calls'],
    ['Stopped by a policy', figures.policy_veto_rate, 'of judged sentences'],
    ['Found in the knowledge', figures.retrieval_hit_rate, 'of searches'],
  ];
  return (
    <>
      <section>
        <table className="figures w-full">
          <caption className="mb-2 text-left text-[12.5px] font-semibold text-muted">Times</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Half within</th>
              <th scope="col">95 of 100 within</th>
              <th scope="col" className="narrow-hide">
                99 of 100 within
              </th>
              <th scope="col" className="narrow-hide">
                Counted
              </th>
            </tr>
          </thead>
          <tbody>
            {timings.map(({ words, values, goal }) => (
              <tr key={words}>
                <th scope="row">{words}</th>
                <Ms value={values.p50} goal={goal.p50} />
                <Ms value={values.p95} goal={goal.p95} />
                <Ms value={values.p99} className="narrow-hide" />
                <td className="num narrow-hide text-muted">{values.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <table className="figures w-full">
          <caption className="mb-2 text-left text-[12.5px] font-semibold text-muted">Rates</caption>
          <tbody>
            {rates.map(([words, value, of]) => (
              <tr key={words}>
                <th scope="row">{words}</th>
                <td className="num">{value === null ? 'nothing yet' : `${(value * 100).toFixed(1)} %`}</td>
                <td className="text-left text-muted">{of}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">Failed tool calls</th>
              <td className="num">{figures.tool_failures}</td>
              <td />
            </tr>
          </tbody>
        </table>
      </section>
    </>
  );
}

interface MsProps {
  readonly value: number | null;
  readonly goal?: number | undefined;
  readonly className?: string;
}

/** One figure and, where there is a goal, whether it holds: in words, not only in colour. */
function Ms({ value, goal, className = '' }: MsProps) {
  if (value === null) return <td className={`text-faint ${className}`}>nothing yet</td>;
  const missed = goal !== undefined && value > goal;
  return (
    <td className={className}>
      <span className={`num ${missed ? 'text-veto' : ''}`}>{Math.round(value)} ms</span>
      {goal !== undefined && (
        <small className="num ml-2 text-[11px] text-faint">
          {missed ? 'over' : 'goal'} {goal}
        </small>
      )}
    </td>
  );
}
