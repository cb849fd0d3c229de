/**
 * A worker whose calls are made up: the product's own control API over a log that is filled by seed and clock.
 * A process of its own; the bench talks to it by messages.
 */
import { createServer } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { MediaPlane } from '#shared/adapters/media-plane.ts';
import type { CallId, ChunkId, OrgId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import { startControl } from '#worker/control/start-control.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import type { Store } from '#worker/store/store.ts';
import { LONG_CALL_ID, longCall } from '#tests/fixtures/long-call.ts';
import { BenchJournal } from './bench-journal.ts';
import { CallSeat, markOf } from './call-traffic.ts';
import type { SourceCommand, SourceReport, SourceSetup } from './source-protocol.ts';

const ORG = 'org-larkfield' as OrgId;
const BOOT_SECRET = 'bench-secret-of-some-length';
/** Seats whose calls stay at the top of the list: stopped sentences on some, takeovers on the others. */
const VETO_SEATS = 4;
const TAKEN_SEATS = 12;
const LASTING_SEATS = VETO_SEATS + TAKEN_SEATS;
const TICK_MS = 2;

const setup = await new Promise<SourceSetup>(resolve => process.once('message', resolve));
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const journal = new BenchJournal();
const noticeListeners = new Set<(notice: Notice) => void>();
const desk = {
  run: () => Promise.reject(new Error('nobody commands here')),
  beat: () => undefined,
  gone: () => undefined,
  openCalls: () => [],
  onNotice: (listener: (notice: Notice) => void) => {
    noticeListeners.add(listener);
    return () => noticeListeners.delete(listener);
  },
} as unknown as CallDesk;

const startMs = Date.now();
const seats = Array.from(
  { length: setup.calls },
  (_, seat) => new CallSeat(seat, ORG, seat < LASTING_SEATS, startMs - (setup.calls - seat) * 200),
);
let ids = 0;
const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-floor-'));
const control = await startControl({
  host: '127.0.0.1',
  port: 0,
  clock: systemClock,
  newId: () => `id-${String(++ids)}`,
  workerId: 'bench',
  brain: 'bench',
  voice: 'bench',
  journal,
  store: {
    conversation: () => Promise.resolve(null),
    figures: () => Promise.resolve([]),
  } as unknown as Store,
  desk,
  media: {} as MediaPlane,
  appendToCall: () => undefined as never,
  ringCaller: null,
  bootSecret: BOOT_SECRET,
  keyFile: join(folder, 'key'),
  recordings: join(folder, 'recordings'),
});
for (const seat of seats) for (const event of seat.opening()) journal.append(event);

/** When each mark was told, on the machine's monotonic clock. */
const marksMs: number[] = [];
/** Those on rows that are in view all the time. */
const lastingMarks: number[] = [];
const vetoesMs: number[][] = Array.from({ length: VETO_SEATS }, () => []);
const takeoversMs: number[] = [];
const latenessMs: number[] = [];
let eventsPerSecond = 0;
let urgentPerSecond = 0;
let beganMs = 0;
let events = 0;
let urgent = 0;
let notices = 0;
let long: CallEvent[] = [];
let firstMark = 0;
let firstTakeover = 0;

const mark = (seat: CallSeat): string => {
  if (seats.indexOf(seat) < LASTING_SEATS) lastingMarks.push(marksMs.length);
  marksMs.push(monotonicMs());
  return markOf(marksMs.length - 1);
};

function tick(): void {
  const elapsedMs = monotonicMs() - beganMs;
  const dueEvents = Math.floor((elapsedMs / 1000) * eventsPerSecond);
  if (dueEvents > events) latenessMs.push(elapsedMs - ((events + 1) / eventsPerSecond) * 1000);
  for (; events < dueEvents; events += 1) {
    const seat = seats[events % seats.length];
    if (seat) journal.append(seat.next(Date.now(), () => mark(seat)));
  }
  const dueUrgent = Math.floor((elapsedMs / 1000) * urgentPerSecond);
  for (; urgent < dueUrgent; urgent += 1) beUrgent(urgent);
  const dueNotices = Math.floor((elapsedMs / 1000) * (urgentPerSecond === 0 ? 0 : seats.length * 15));
  for (; notices < dueNotices; notices += 1) tellNotice(notices);
}

function beUrgent(index: number): void {
  const isVeto = index % 2 === 0;
  const at = (index >> 1) % (isVeto ? VETO_SEATS : TAKEN_SEATS);
  const seat = seats[isVeto ? at : VETO_SEATS + at];
  if (!seat) return;
  const nowMs = Date.now();
  if (isVeto) {
    vetoesMs[at]?.push(monotonicMs());
    journal.append(
      seat.event(
        {
          type: 'chunk.vetoed',
          chunkId: `stopped-${String(index)}` as ChunkId,
          by: 'policy',
          policy: 'no-guarantee',
          reason: 'guarantee',
          remedy: 'drop',
          auditId: `audit-${String(index)}`,
          verdicts: [],
          judgeMs: 0.1,
        },
        nowMs,
      ),
    );
  } else {
    takeoversMs.push(monotonicMs());
    const userName = `Person ${markOf(takeoversMs.length - 1)}`;
    journal.append(
      seat.event(
        { type: 'floor.changed', holder: 'human', cause: 'take-over', userId: 'p', userName },
        nowMs,
      ),
    );
  }
}

/** As often as a real call: levels ten times a second, words that may change twice, what is heard twice, what is next once. */
function tellNotice(index: number): void {
  const callId = seats[index % seats.length]?.callId as CallId;
  const round = Math.floor(index / seats.length);
  const chunkId = `chunk-${String(round)}` as ChunkId;
  const text = 'I would like to know when the blue';
  const notice: Notice =
    round % 15 < 10
      ? { type: 'levels', callId, caller: (index % 7) / 7, ai: (index % 5) / 5, human: 0 }
      : round % 15 < 12
        ? { type: 'transcript.partial', callId, speaker: 'caller', text: text.slice(0, 8 + (round % 26)) }
        : round % 15 < 14
          ? { type: 'heard', callId, chunkId, chars: round % 40 }
          : { type: 'next-utterance', callId, chunkId, text, state: 'released', leadMs: 300, held: false };
  for (const listener of noticeListeners) listener(notice);
}

// The peers get every event as a message of its own, which is what a console without batching has.
const peerPages = createServer((request, response) => {
  const file = setup.peerFiles[request.url?.split('?')[0] ?? ''];
  response.writeHead(file === undefined ? 404 : 200, {
    'content-type': request.url?.endsWith('.js') ? 'text/javascript' : 'text/html',
  });
  response.end(file ?? '');
});
const peers = new WebSocketServer({ server: peerPages });
peers.on('connection', socket => {
  for (const seat of seats) socket.send(JSON.stringify({ type: 'opening', callId: seat.callId }));
  const stop = journal.onEntry(entry => socket.send(JSON.stringify(entry)));
  socket.on('close', stop);
});
await new Promise<void>(resolve => peerPages.listen(0, '127.0.0.1', resolve));

/** The same log, ended now: the oldest call of the floor is its first row. */
function aged(log: readonly CallEvent[]): CallEvent[] {
  const laterMs = Date.now() - (log.at(-1)?.atMs ?? 0);
  return log.map(event => ({ ...event, orgId: ORG, atMs: event.atMs + laterMs }) as CallEvent);
}

const timer = setInterval(tick, TICK_MS);
const tell = (report: SourceReport): void => void process.send?.(report);

process.on('message', (command: SourceCommand) => {
  switch (command.name) {
    case 'pace':
      eventsPerSecond = command.eventsPerSecond;
      urgentPerSecond = command.urgentPerSecond;
      beganMs = monotonicMs();
      events = 0;
      urgent = 0;
      notices = 0;
      latenessMs.length = 0;
      firstMark = marksMs.length;
      firstTakeover = takeoversMs.length;
      for (const list of vetoesMs) list.length = 0;
      tell({ name: 'paced' });
      return;
    case 'report':
      // A pause of the source would be counted against the page.
      eventsPerSecond = 0;
      urgentPerSecond = 0;
      tell({
        name: 'told',
        marks: { first: firstMark, toldMs: marksMs.slice(firstMark) },
        lastingMarks: lastingMarks.filter(number => number >= firstMark),
        takeovers: { first: firstTakeover, toldMs: takeoversMs.slice(firstTakeover) },
        vetoesMs,
        latenessMs,
        events,
      });
      return;
    case 'long-call':
      long = aged(longCall(command.events, LONG_CALL_ID).slice(0, -1));
      journal.keep(LONG_CALL_ID as CallId, long);
      for (const event of long.slice(0, 2)) journal.append(event);
      tell({ name: 'kept' });
      return;
    case 'say': {
      const last = long.findLast(event => event.type === 'transcript.final');
      const seq = long.length;
      const event = { ...last, id: `${LONG_CALL_ID}-${String(seq)}`, seq, text: command.text } as CallEvent;
      long.push(event);
      journal.append(event);
      return;
    }
    case 'stop':
      clearInterval(timer);
      process.exit(0);
  }
});
process.on('disconnect', () => process.exit(0));

tell({
  name: 'ready',
  url: `http://127.0.0.1:${String(control.port)}`,
  bootSecret: BOOT_SECRET,
  peerUrl: `http://127.0.0.1:${String((peerPages.address() as { port: number }).port)}`,
});
