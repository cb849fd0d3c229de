import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRAME_MS } from '#shared/domain/audio-format.ts';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { feedOutbox } from '#worker/ticketing/feed-outbox.ts';
import { createTicketing } from '#worker/ticketing/load-ticketing.ts';
import { TicketOutbox } from '#worker/ticketing/ticket-outbox.ts';
import { ticketTools } from '#worker/tools/ticket-tools.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { zendeskHarness } from '#tests/contract/ticketing-harnesses.ts';
import { ourCall, policyMsOf, type ArmCall } from './arms.ts';
import { BenchCaller } from './bench-caller.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

/** A turn takes about three seconds; a call that hangs is not waited for. */
const MAX_MS_PER_TURN = 6000;
const HANG_MS = 30_000;
const SPREAD_MS = 3000;

interface ArmRun {
  readonly arm: string;
  readonly callers: readonly BenchCaller[];
  readonly calls: readonly ArmCall[];
  /** Commit of a turn to its first released chunk, without the grid of audio frames. */
  readonly releasesMs: number[];
  /** Intent, tools and retrieval of a turn: the part that a ticket could delay. */
  readonly briefsMs: number[];
  /** Tickets that were asked for. */
  readonly wishes: () => number;
  readonly tookMs: number[];
  stop(): Promise<void>;
}

/** Adapter whose every call takes 30 s and then fails. */
function hungAdapter(adapter: TicketingAdapter): TicketingAdapter {
  const hang = (): Promise<never> =>
    new Promise((_resolve, reject) => systemClock.after(HANG_MS, () => reject(new Error('hung'))));
  return {
    ...adapter,
    provider: 'hung',
    dedupe: adapter.dedupe,
    createTicket: hang,
    close: () => Promise.resolve(),
  };
}

/** Calls in which every turn asks for another ticket: real turns, real store, real outbox. */
async function startArm(
  arm: 'none' | 'local' | 'zendesk-mcp' | 'hung',
  calls: number,
  turns: number,
): Promise<ArmRun> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const journal = new StoreJournal(store, systemClock, -1, () => undefined);
  let ids = 0;
  const newId = (): string => `bench-${String((ids += 1))}`;
  const local = createTicketing(
    { adapter: 'local' },
    { book: store, clock: systemClock, newId, environment: {} },
  );
  const zendesk = arm === 'zendesk-mcp' ? await zendeskHarness() : null;
  const adapter = arm === 'hung' ? hungAdapter(local) : (zendesk?.adapter ?? local);
  const tookMs: number[] = [];
  const outbox = new TicketOutbox({
    book: store,
    adapter,
    clock: systemClock,
    newId,
    append: (_callId, draft) => {
      if (draft.type === 'ticket.created') tookMs.push(draft.tookMs);
      return true;
    },
    onError: () => undefined,
  });
  const stopFeeding = feedOutbox(journal, store, outbox, () => undefined);
  const committed = new Map<string, number>();
  const releasesMs: number[] = [];
  const briefsMs: number[] = [];
  const warm = new Set<string>();
  let wishes = 0;
  journal.onEntry(({ event }) => {
    if (event.type === 'turn.measured') briefsMs.push(event.retrievalMs ?? 0);
    if (event.type === 'ticket.requested') wishes += 1;
    if (event.turnId === undefined) return;
    if (event.type === 'turn.committed') committed.set(event.turnId, systemClock.mono());
    const since = event.type === 'chunk.released' ? committed.get(event.turnId) : undefined;
    if (since === undefined) return;
    committed.delete(event.turnId);
    // The first turn of a call compiles what the others run.
    if (warm.has(event.conversationId)) releasesMs.push(systemClock.mono() - since);
    warm.add(event.conversationId);
  });
  const words = (turn: number): string =>
    arm === 'none'
      ? `Please tell me about thing ${String(turn)}.`
      : `Please open a ticket for thing ${String(turn)}.`;
  const callers = Array.from({ length: calls }, (_, index) => new BenchCaller(index + 1, turns, words));
  const sources = {
    knowledge: () => ({ snapshotId: 'none', search: () => [] }),
    tools: new ToolRegistry(ticketTools(store)),
  };
  const running: ArmCall[] = [];
  for (const [index, caller] of callers.entries())
    running.push(await ourCall(caller, index + 1, { sources, journal }));
  return {
    arm,
    callers,
    calls: running,
    releasesMs,
    briefsMs,
    wishes: () => wishes,
    tookMs,
    stop: async () => {
      await Promise.all(running.map(call => call.close()));
      await journal.flush();
      stopFeeding();
      await outbox.stop();
      await zendesk?.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const turns = full ? 200 : quick ? 11 : 41;
  const calls = quick ? 2 : 4;
  // Side by side in one run: what else the machine does hits every arm alike.
  const arms: ArmRun[] = [];
  for (const arm of ['none', 'local', 'zendesk-mcp', 'hung'] as const)
    arms.push(await startArm(arm, calls, turns));
  const startMono = systemClock.mono();
  // Arms take turns, begun over a whole turn's time: none of them is always the last of a tick.
  const all = Array.from({ length: calls }).flatMap((_, index) =>
    arms.flatMap(({ callers, calls: running }) => {
      const caller = callers[index];
      return caller ? [{ caller, call: running[index] }] : [];
    }),
  );
  const tickLateMs: number[] = [];
  const deadlineMono = startMono + SPREAD_MS + turns * MAX_MS_PER_TURN;
  for (
    let tick = 1;
    !all.every(({ caller }) => caller.done) && systemClock.mono() < deadlineMono;
    tick += 1
  ) {
    const dueMono = startMono + tick * FRAME_MS;
    await new Promise<void>(resolve => systemClock.after(Math.max(0, dueMono - systemClock.mono()), resolve));
    tickLateMs.push(systemClock.mono() - dueMono);
    for (let index = 0; index < all.length; index += 1) {
      const at = (index + tick) % all.length;
      const one = all[at];
      const begun = tick * FRAME_MS >= (SPREAD_MS * at) / all.length;
      if (one && begun && !one.caller.done) one.call?.tick();
    }
  }
  // The last tickets are still on their way; only the hung one never comes.
  const settled = (): boolean =>
    arms.every(({ arm, tookMs, wishes }) => arm === 'hung' || tookMs.length >= wishes());
  for (let waited = 0; !settled() && waited < 5000; waited += 50)
    await new Promise<void>(resolve => systemClock.after(50, resolve));
  const context = {
    calls,
    turns,
    hangMs: HANG_MS,
    store: 'sqlite',
    ticketsPerTurn: 1,
    tickLateP99Ms: percentile(tickLateMs, 0.99),
  };
  const p95 = new Map<string, { readonly release: number; readonly brief: number }>();
  for (const { arm, callers, releasesMs, briefsMs, tookMs } of arms) {
    const figure = (
      metric: string,
      values: readonly number[],
      ratio: number,
      goal: Figure['goal'] = null,
    ): Figure => ({
      bench: 'tickets',
      metric,
      value: percentile(values, ratio),
      unit: 'ms',
      arm,
      n: values.length,
      goal,
      context,
    });
    const missing = callers.reduce((sum, caller) => sum + Math.max(0, turns - caller.answersMs.length), 0);
    const heard = [
      ...callers.flatMap(caller => caller.answersMs.map(ms => ms - policyMsOf('ours'))),
      ...Array.from({ length: missing }, () => Number.POSITIVE_INFINITY),
    ];
    p95.set(arm, { release: percentile(releasesMs, 0.95), brief: percentile(briefsMs, 0.95) });
    yield figure('brief_p50_ms', briefsMs, 0.5);
    yield figure('brief_p95_ms', briefsMs, 0.95);
    yield figure('commit_to_release_p50_ms', releasesMs, 0.5);
    yield figure('commit_to_release_p95_ms', releasesMs, 0.95);
    yield figure('turn_overhead_p95_ms', heard, 0.95);
    if (tookMs.length > 0) yield figure('ticket_created_p95_ms', tookMs, 0.95, { max: 2000 });
  }
  const counts = {
    brief: 'intent, tools and retrieval of a turn',
    release: 'commit of a turn to its first released chunk, disk included',
  };
  for (const part of ['brief', 'release'] as const) {
    yield {
      bench: 'tickets',
      metric: `${part}_hung_over_local_p95_ms`,
      value: (p95.get('hung')?.[part] ?? Number.NaN) - (p95.get('local')?.[part] ?? Number.NaN),
      unit: 'ms',
      arm: 'hung',
      n: calls * turns,
      goal: { max: 1 },
      context: { ...context, counts: counts[part] },
    };
  }
  for (const arm of arms) await arm.stop();
}

export const ticketsBench: Bench = {
  name: 'tickets',
  description:
    'What a ticket per turn adds to a turn, with a healthy and with a hung ticket system, and how long a ticket takes (req:T10).',
  run,
};
