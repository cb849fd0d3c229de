import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';
import { longCall } from '#tests/fixtures/long-call.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

const EVENTS = 2000;

async function* run({ quick }: BenchOptions): AsyncGenerator<Figure> {
  await Promise.resolve();
  const events = longCall(EVENTS);
  const runs = quick ? 50 : 500;
  const costsMs = { 'from-the-log': [] as number[], 'from-the-timeline': [] as number[] };
  const timeline = foldTimeline(events);
  for (let index = -10; index < runs; index += 1) {
    const startedMono = performance.now();
    handoffBrief(foldTimeline(events));
    const foldedMono = performance.now();
    handoffBrief(timeline);
    if (index < 0) continue;
    costsMs['from-the-log'].push(foldedMono - startedMono);
    costsMs['from-the-timeline'].push(performance.now() - foldedMono);
  }
  for (const [arm, costs] of Object.entries(costsMs))
    for (const at of [50, 95])
      yield {
        bench: 'brief',
        metric: `brief-p${String(at)}`,
        value: percentile(costs, at / 100),
        unit: 'ms',
        arm,
        n: costs.length,
        goal: { max: 100 },
        context: { events: events.length },
      };
}

export const briefBench: Bench = {
  name: 'brief',
  description: 'the brief for whoever takes over, of a call of 2,000 events; goal 100 ms',
  run,
};
