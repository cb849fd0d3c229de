import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { installFloorProbe, type FloorProbe, type PageSeen } from './floor/page-probe.ts';
import { peerFiles } from './floor/peer-files.ts';
import type { SourceCommand, SourceReport, SourceSetup, Told } from './floor/source-protocol.ts';
import { transcriptFigures } from './floor/transcript-figures.ts';
import { BenchChild } from './measure/child.ts';
import { cpuMsOf, cpuMsOfBrowser } from './measure/process-cpu.ts';
import { clockOffset, type ClockOffset } from './measure/clock-offset.ts';

const CALLS = 500;
const URGENT_PER_SECOND = 20;
/** A source that is later than this cannot tell who was late. */
const SOURCE_LATE_LIMIT_MS = 5;
const WARM_UP_MS = 4000;
/** What arrives this long after the source has stopped is late and counted as such; what has not arrived by then is lost. */
const DRAIN_MS = 10_000;
const VIEW = { width: 1600, height: 1000 };

type ArmName = 'ours' | 'naive' | 'unbatched';

interface Phase {
  readonly name: 'steady' | 'storm';
  readonly eventsPerSecond: number;
  readonly seconds: number;
}

/** Processor time per process while a phase ran: what a crowded machine does not change. */
interface Cpu {
  readonly browserMs: number;
  readonly deskMs: number;
  readonly sourceMs: number;
}

interface Parts {
  readonly browser: Browser;
  readonly source: BenchChild;
  readonly desk: BenchChild;
}

interface Watched {
  readonly cpu: Cpu;
  readonly seen: PageSeen;
  readonly told: Told;
  readonly offset: ClockOffset;
  readonly heapGrowthBytes: number;
}

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const steady: Phase = {
    name: 'steady',
    eventsPerSecond: CALLS * 10,
    seconds: full ? 600 : quick ? 20 : 60,
  };
  const storm: Phase = { name: 'storm', eventsPerSecond: CALLS * 50, seconds: full ? 60 : 10 };
  const peerSeconds = full ? 60 : 10;
  const source = new BenchChild(join(import.meta.dirname, 'floor/floor-source.ts'));
  source.send({ calls: CALLS, peerFiles: await peerFiles() } satisfies SourceSetup);
  const ready = await source.answer<SourceReport>();
  if (ready.name !== 'ready') throw new Error('the source did not start');
  const desk = new BenchChild(join(import.meta.dirname, 'floor/floor-desk.ts'), [
    ready.url,
    ready.bootSecret,
  ]);
  const { url } = await desk.answer<{ url: string }>();
  const browser = await chromium.launch(
    chromiumLaunch(['--js-flags=--expose-gc', '--enable-precise-memory-info']),
  );
  const parts: Parts = { browser, source, desk };
  try {
    const page = await openPage(browser, url);
    await page
      .getByText(`${String(CALLS)}`, { exact: true })
      .first()
      .waitFor();
    const ours = new Map<Phase['name'], Watched>();
    for (const phase of [steady, storm]) {
      const watched = await watch(page, parts, phase);
      ours.set(phase.name, watched);
      yield* figuresOf('ours', phase, watched);
    }
    yield* transcriptFigures(page, source);
    await page.close();
    for (const arm of ['naive', 'unbatched'] as const) {
      const peer = await openPage(browser, `${ready.peerUrl}/?${arm}`);
      for (const phase of [steady, storm]) {
        const watched = await watch(peer, parts, { ...phase, seconds: peerSeconds });
        yield* figuresOf(arm, { ...phase, seconds: peerSeconds }, watched);
        yield ratioTo(arm, phase, watched, ours.get(phase.name));
      }
      await peer.close();
    }
  } finally {
    await browser.close();
    await desk.stop();
    await source.stop();
  }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEW });
  await page.addInitScript(installFloorProbe);
  await page.goto(url);
  return page;
}

/** Lets the source tell at its pace and takes what the page showed of it. */
async function watch(page: Page, parts: Parts, phase: Phase): Promise<Watched> {
  const { source } = parts;
  const pace = async (eventsPerSecond: number): Promise<void> => {
    const paced = source.answer<SourceReport>(({ name }) => name === 'paced');
    source.send({
      name: 'pace',
      eventsPerSecond,
      urgentPerSecond: URGENT_PER_SECOND,
    } satisfies SourceCommand);
    await paced;
  };
  const offset = await pageOffset(page);
  await pace(phase.eventsPerSecond);
  await page.waitForTimeout(WARM_UP_MS);
  const heapBefore = await heapBytes(page);
  await pace(phase.eventsPerSecond);
  const cpuBefore = await cpuNow(parts);
  await page.evaluate(() => (window as unknown as { __floorProbe: FloorProbe }).__floorProbe.begin());
  await page.waitForTimeout(phase.seconds * 1000);
  const cpuAfter = await cpuNow(parts);
  const seenAtEnd = page.evaluate(() => {
    const { frameGapsMs, longTasksMs } = (
      window as unknown as { __floorProbe: FloorProbe }
    ).__floorProbe.seen();
    return { frameGapsMs: [...frameGapsMs], longTasksMs: [...longTasksMs] };
  });
  const told = source.answer<SourceReport>(({ name }) => name === 'told') as Promise<Told>;
  source.send({ name: 'report' } satisfies SourceCommand);
  const gaps = await seenAtEnd;
  await told;
  // What is still on its way is late, not lost.
  await page.waitForTimeout(DRAIN_MS);
  const seen = await page.evaluate(() =>
    (window as unknown as { __floorProbe: FloorProbe }).__floorProbe.seen(),
  );
  return {
    seen: { ...seen, ...gaps },
    told: await told,
    offset,
    heapGrowthBytes: (await heapBytes(page)) - heapBefore,
    cpu: {
      browserMs: cpuAfter.browserMs - cpuBefore.browserMs,
      deskMs: cpuAfter.deskMs - cpuBefore.deskMs,
      sourceMs: cpuAfter.sourceMs - cpuBefore.sourceMs,
    },
  };
}

async function cpuNow({ browser, source, desk }: Parts): Promise<Cpu> {
  const session = await browser.newBrowserCDPSession();
  const browserMs = await cpuMsOfBrowser(session);
  await session.detach();
  return { browserMs, deskMs: cpuMsOf(desk.pid), sourceMs: cpuMsOf(source.pid) };
}

/** What to add to the page's `performance.now()` to get the machine's monotonic clock. */
async function pageOffset(page: Page): Promise<ClockOffset> {
  const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
  const trips = [];
  for (let trip = 0; trip < 200; trip += 1) {
    const askedMs = nowMs();
    const otherMs = await page.evaluate(() => performance.now());
    trips.push({ askedMs, otherMs, answeredMs: nowMs() });
  }
  return clockOffset(trips);
}

async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

function delays({ seen, told, offset }: Watched): {
  readonly wordsMs: number[];
  /** Share of the words on rows in view that newer ones had replaced before a frame could show them. */
  readonly overtakenRatio: number;
  readonly vetoesMs: number[];
  readonly takeoversMs: number[];
} {
  const wordsMs = seen.marks.flatMap(([mark, atMs]) => {
    const toldMs = told.marks.toldMs[mark - told.marks.first];
    return toldMs === undefined ? [] : [atMs + offset.offsetMs - toldMs];
  });
  const takeoverAt = new Map(seen.takeovers);
  const takeoversMs = told.takeovers.toldMs.map((toldMs, index) => {
    const atMs = takeoverAt.get(told.takeovers.first + index);
    return atMs === undefined ? Number.POSITIVE_INFINITY : atMs + offset.offsetMs - toldMs;
  });
  const shown = new Set(seen.marks.map(([mark]) => mark));
  const overtakenRatio =
    told.lastingMarks.filter(mark => !shown.has(mark)).length / Math.max(1, told.lastingMarks.length);
  // A page that showed nothing is not a page without delay.
  if (wordsMs.length === 0) wordsMs.push(Number.POSITIVE_INFINITY);
  return { wordsMs, overtakenRatio, takeoversMs, vetoesMs: vetoDelays(seen, told, offset) };
}

/** Counts only rise: a stopped sentence is shown from the first moment the row's count has reached it. */
function vetoDelays(seen: PageSeen, told: Told, offset: ClockOffset): number[] {
  return told.vetoesMs.flatMap((list, seat) => {
    const shown = seen.vetoes.filter(([row]) => row === `call-${String(seat)}-0`);
    // The row counts since the call began; the last of this phase is the highest number shown.
    const highest = Math.max(0, ...shown.map(([, count]) => count));
    return list.map((toldMs, at) => {
      const wanted = highest - list.length + at + 1;
      const found = shown.find(([, count]) => count >= wanted);
      return found && highest >= list.length ? found[2] + offset.offsetMs - toldMs : Number.POSITIVE_INFINITY;
    });
  });
}

function* figuresOf(arm: ArmName, phase: Phase, watched: Watched): Generator<Figure> {
  const { seen, told, offset, heapGrowthBytes, cpu } = watched;
  const { wordsMs, overtakenRatio, vetoesMs, takeoversMs } = delays(watched);
  const urgentMs = [...vetoesMs, ...takeoversMs];
  const context = {
    phase: phase.name,
    calls: CALLS,
    eventsPerSecond: phase.eventsPerSecond,
    eventsTold: told.events,
    seconds: phase.seconds,
    transport: arm === 'ours' ? 'worker socket, desk, console socket' : 'one socket, one message per event',
    shell: 'Chromium through the browser host',
    sourceLateP99Ms: round(percentile(told.latenessMs, 0.99)),
    clockBoundMs: round(offset.boundMs),
    keptPace: percentile(told.latenessMs, 0.99) <= SOURCE_LATE_LIMIT_MS,
    sourceCpuRatio: round(cpu.sourceMs / 1000 / phase.seconds),
  };
  const isOurs = arm === 'ours';
  const steady = phase.name === 'steady';
  const figure = (
    metric: string,
    value: number,
    unit: string,
    n: number,
    goal: Figure['goal'] = null,
  ): Figure => ({
    bench: 'floor',
    metric,
    value: round(value),
    unit,
    arm,
    n,
    goal: isOurs ? goal : null,
    context,
  });
  const frames = seen.frameGapsMs;
  const meanFps = (1000 * frames.length) / frames.reduce((sum, gap) => sum + gap, 0);
  yield figure('frames_per_second_mean', meanFps, '1/s', frames.length, { min: steady ? 59 : 58 });
  yield figure('frame_p99_ms', percentile(frames, 0.99), 'ms', frames.length, steady ? { max: 33.4 } : null);
  for (const [name, ratio, max] of [
    ['p50', 0.5, null],
    ['p95', 0.95, 60],
    ['p99', 0.99, null],
  ] as const)
    yield figure(
      `event_to_paint_${name}_ms`,
      percentile(wordsMs, ratio),
      'ms',
      wordsMs.length,
      max === null ? null : { max },
    );
  yield figure('words_overtaken_ratio', overtakenRatio, 'ratio', told.lastingMarks.length);
  yield figure('browser_cpu_cores', cpu.browserMs / 1000 / phase.seconds, 'cores', 1);
  if (isOurs) yield figure('desk_cpu_cores', cpu.deskMs / 1000 / phase.seconds, 'cores', 1);
  yield figure('long_tasks', seen.longTasksMs.length, 'tasks', frames.length, steady ? { max: 0 } : null);
  yield figure('longest_task_ms', Math.max(0, ...seen.longTasksMs), 'ms', seen.longTasksMs.length);
  yield figure('heap_growth_mb', heapGrowthBytes / 1024 / 1024, 'MiB', 1, steady ? { max: 5 } : null);
  yield figure('urgent_shown_p99_ms', percentile(urgentMs, 0.99), 'ms', urgentMs.length, { max: 33 });
  yield figure('urgent_lost', urgentMs.filter(ms => !Number.isFinite(ms)).length, 'events', urgentMs.length, {
    max: 0,
  });
}

function ratioTo(peer: ArmName, phase: Phase, theirs: Watched, ours: Watched | undefined): Figure {
  const p95 = (watched: Watched): number => percentile(delays(watched).wordsMs, 0.95);
  return {
    bench: 'floor',
    metric: `event_to_paint_p95_ratio_${peer}_to_ours`,
    value: ours ? round(p95(theirs) / p95(ours)) : Number.NaN,
    unit: 'ratio',
    arm: 'ours',
    n: delays(theirs).wordsMs.length,
    goal: null,
    context: { phase: phase.name, peer, calls: CALLS, eventsPerSecond: phase.eventsPerSecond },
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

export const floorBench: Bench = {
  name: 'floor',
  description:
    'The built console on 500 live calls: frames, event to paint, stopped sentences and takeovers in a storm, beside two consoles as they are often written (G6).',
  run,
};
