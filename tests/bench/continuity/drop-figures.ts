import { join } from 'node:path';
import { seededRandom } from '#shared/base/random.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import { WorkerApi } from '#electron/core/worker-api.ts';
import { WorkerLink, type FloorMessage } from '#electron/core/worker-link.ts';
import { percentile, type Figure } from '../figure.ts';
import type { SourceCommand, SourceReport, SourceSetup } from '../floor/source-protocol.ts';
import { BenchChild } from '../measure/child.ts';
import { CutProxy } from './cut-proxy.ts';

const CALLS = 100;
const EVENTS_PER_SECOND = 1000;
const GIVE_UP_MS = 10_000;

/** Cuts the desk's connection to a busy worker again and again and looks for a gap in what the desk gets. */
export async function* dropFigures(drops: number): AsyncGenerator<Figure> {
  const source = new BenchChild(join(import.meta.dirname, '../floor/floor-source.ts'));
  source.send({ calls: CALLS, peerFiles: {} } satisfies SourceSetup);
  const ready = await source.answer<SourceReport>();
  if (ready.name !== 'ready') throw new Error('the source did not start');
  const proxy = await CutProxy.before(Number(new URL(ready.url).port));
  const { token } = await new WorkerApi(ready.url, null).signIn(ready.bootSecret);
  const link = new WorkerLink(systemClock);
  let last: FloorMessage | null = null;
  let position = -1;
  let gaps = 0;
  let again = 0;
  link.follow(message => {
    last = message;
    if (message.type === 'snapshot') {
      if (position >= 0) again += 1;
      position = message.position;
      return;
    }
    for (const entry of message.entries) {
      if (entry.position !== position + 1) gaps += 1;
      position = entry.position;
    }
  });
  link.connect({ url: proxy.url, token });
  await until(() => link.state.name === 'live');
  source.send({
    name: 'pace',
    eventsPerSecond: EVENTS_PER_SECOND,
    urgentPerSecond: 2,
  } satisfies SourceCommand);
  const staleMs: number[] = [];
  const backMs: number[] = [];
  const random = seededRandom(9);
  for (let drop = 0; drop < drops; drop += 1) {
    await wait(100 + random() * 200);
    proxy.cut();
    staleMs.push(await until(() => link.state.name === 'lost'));
    await wait(random() * 400);
    last = null;
    proxy.mend();
    backMs.push(await until(() => link.state.name === 'live' && last !== null));
  }
  const told = source.answer<SourceReport>(({ name }) => name === 'told');
  source.send({ name: 'report' } satisfies SourceCommand);
  await told;
  link.close();
  proxy.close();
  await source.stop();
  const figure = (metric: string, value: number, unit: string, goal: Figure['goal']): Figure => ({
    bench: 'continuity',
    metric,
    value: Math.round(value * 10) / 10,
    unit,
    arm: 'ours',
    n: drops,
    goal,
    context: {
      fault: 'the socket between desk and worker is cut for up to 400 ms',
      calls: CALLS,
      eventsPerSecond: EVENTS_PER_SECOND,
      position,
    },
  });
  yield figure('drop_to_stale_p95_ms', percentile(staleMs, 0.95), 'ms', { max: 500 });
  yield figure('link_back_to_consistent_p50_ms', percentile(backMs, 0.5), 'ms', null);
  yield figure('link_back_to_consistent_p95_ms', percentile(backMs, 0.95), 'ms', { max: 500 });
  yield figure('gaps', gaps, 'events', { max: 0 });
  yield figure('new_snapshots', again, 'snapshots', { max: 0 });
}

/** Time until it is so. */
async function until(isSo: () => boolean): Promise<number> {
  const began = performance.now();
  while (!isSo() && performance.now() - began < GIVE_UP_MS) await wait(1);
  return isSo() ? performance.now() - began : Number.POSITIVE_INFINITY;
}

const wait = (forMs: number): Promise<void> => new Promise(resolve => setTimeout(resolve, forMs));
