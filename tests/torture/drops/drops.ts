import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '#shared/base/random.ts';
import { WorkerLink } from '#electron/core/worker-link.ts';
import { LOCAL_ADMIN } from '#worker/control/demo-people.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { startControlBench } from '../control-bench.ts';
import type { Torture, TortureResult } from '../torture.ts';
import { LeakyProxy } from './leaky-proxy.ts';
import { SequenceWatch } from './sequence-watch.ts';

/** Links that are dropped beside each other. */
const LINKS = 4;
const EVENTS_PER_TICK = 10;
const TICK_MS = 10;
/** Events of one call; then it ends and another one rings. */
const EVENTS_PER_CALL = 400;
/** The link waits 50 ms before it connects again; the rest is time in which it lives. */
const LIFE_MS = 60;
const CATCH_UP_LIMIT_MS = 20_000;

/** Links to a real control server are cut at random moments while the log grows by a thousand events a second. */
export const dropsTorture: Torture = {
  name: 'drops',
  description:
    'cut connections between desk and worker under load; every position has to arrive once and in order',
  fullCount: 5000,
  async *run({ count, seed, onProgress }) {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-drops-'));
    const bench = await startControlBench(folder);
    const load = startLoad(event => void bench.journal.append({ ...event, orgId: LOCAL_ADMIN.orgId }));
    const failures: string[] = [];
    let drops = 0;
    let positions = 0;
    let snapshots = 0;
    const runLink = async (index: number): Promise<void> => {
      const random = seededRandom(seed * 100 + index);
      const proxy = new LeakyProxy(bench.port);
      const link = new WorkerLink(systemClock);
      const watch = new SequenceWatch();
      link.follow(message => watch.take(message));
      link.connect({ url: `http://127.0.0.1:${String(await proxy.listen())}`, token: bench.token });
      const mine = Math.floor((count + LINKS - 1 - index) / LINKS);
      for (let cut = 0; cut < mine;) {
        await pause(random() * LIFE_MS * 2 + 20);
        if (proxy.cut() === 0) continue;
        cut += 1;
        drops += 1;
        if (drops % 500 === 0) onProgress(`${drops} drops, ${bench.journal.head + 1} events`);
      }
      const head = bench.journal.head;
      const untilMono = performance.now() + CATCH_UP_LIMIT_MS;
      while (watch.position < head && performance.now() < untilMono) await pause(20);
      if (watch.position < head)
        failures.push(`link ${index} stopped at position ${watch.position} of ${head}`);
      failures.push(...watch.failures.map(failure => `link ${index}: ${failure}`));
      positions += watch.taken;
      snapshots += watch.snapshots;
      link.close();
      proxy.close();
    };
    await Promise.all(Array.from({ length: LINKS }, (_, index) => runLink(index)));
    load.stop();
    const figures = { drops, events: bench.journal.head + 1, positions, snapshots };
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
    yield { torture: 'drops', part: null, count: drops, seed, failures, figures } satisfies TortureResult;
  },
};

function startLoad(append: (event: ReturnType<typeof eventOf>) => void): { readonly stop: () => void } {
  let made = 0;
  const timer = setInterval(() => {
    for (let index = 0; index < EVENTS_PER_TICK; index += 1) {
      const callId = `call-${String(Math.floor(made / EVENTS_PER_CALL))}`;
      const seq = made % EVENTS_PER_CALL;
      const last = seq === EVENTS_PER_CALL - 1;
      append(
        eventOf(
          callId,
          seq,
          seq === 0
            ? RINGING
            : last
              ? { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 }
              : { type: 'call.dtmf-received', digit: '1' },
        ),
      );
      made += 1;
    }
  }, TICK_MS);
  return { stop: () => clearInterval(timer) };
}

const pause = (forMs: number): Promise<void> => new Promise(resolve => setTimeout(resolve, forMs));
