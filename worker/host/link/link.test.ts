import fc from 'fast-check';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { callEventSchema, type CallEvent } from '#shared/events/call-event.ts';
import { SpoolDatabase } from '#worker/store/host-spool/spool-database.ts';
import { openSpool } from '#worker/store/host-spool/open-spool.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { recoverSpool } from '../recover-spool.ts';
import { openHostServer } from './host-server.ts';
import { EMPTY_INBOX, stepInbox } from './inbox.ts';
import { emptyOutbox, stepOutbox, type OutboxInput } from './outbox.ts';

function eventOf(callId: string, seq: number): CallEvent {
  return callEventSchema.parse({
    v: 1,
    id: `${callId}-${String(seq)}`,
    orgId: 'org',
    conversationId: callId,
    seq,
    atMs: seq,
    type: 'silence.noticed',
    silenceMs: seq,
  });
}

let files = 0;
const folder = mkdtempSync(join(tmpdir(), 'sidetone-spool-'));
const newFile = (): string => join(folder, `${String((files += 1))}.sqlite`);

type Step =
  | { readonly do: 'append'; readonly call: number }
  /** The newest message on the way arrives, another one does, one is doubled, or all are lost with the connection. */
  | { readonly do: 'deliver' | 'deliver-late' | 'double' | 'reconnect' | 'ack' }
  /** The process is killed; another goes on with its calls. */
  | { readonly do: 'kill' };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), call: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('deliver-late', 'double', 'reconnect', 'ack') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<readonly Step[]>;

test(
  '[HOST22][HOST24] whatever is lost, doubled, reordered or killed, every event is in the log once and in order',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async script => {
        const journal = new MemoryJournal();
        const seqs = [0, 0, 0];
        const all: string[] = [];
        let host = newHost();
        let inbox = EMPTY_INBOX;
        let wire: { readonly after: number; readonly entries: readonly JournalEntry[] }[] = [];

        function newHost() {
          const file = newFile();
          return {
            file,
            spool: new SpoolDatabase(file),
            entries: [] as JournalEntry[],
            outbox: emptyOutbox(-1),
          };
        }
        function step(input: OutboxInput): void {
          const stepped = stepOutbox(host.outbox, input);
          host.outbox = stepped.outbox;
          if (stepped.forget !== null) host.spool.forget(stepped.forget);
          if (!stepped.send) return;
          const { after, through } = stepped.send;
          wire.push({ after, entries: host.entries.slice(after + 1, through + 1) });
        }
        function arrive(message: (typeof wire)[number] | undefined): void {
          if (!message) return;
          const taken = stepInbox(inbox, message.after, message.entries);
          inbox = taken.inbox;
          for (const { event } of taken.accepted) journal.append(event);
          if (taken.missingAfter !== null) step({ type: 'asked', after: taken.missingAfter });
        }
        async function kill(): Promise<void> {
          host.spool.close();
          await recoverSpool(host.file, journal, () => undefined);
          host = newHost();
          inbox = EMPTY_INBOX;
          wire = [];
        }
        step({ type: 'asked', after: -1 });
        for (const move of script) {
          if (move.do === 'append') {
            const seq = seqs[move.call] ?? 0;
            seqs[move.call] = seq + 1;
            const event = eventOf(`call-${String(move.call)}`, seq);
            all.push(event.id);
            const entry = { position: host.entries.length, event };
            host.entries.push(entry);
            host.spool.append([entry]);
            step({ type: 'appended', position: entry.position });
          } else if (move.do === 'deliver') arrive(wire.shift());
          else if (move.do === 'deliver-late') arrive(wire.pop());
          else if (move.do === 'double') arrive(wire[0]);
          else if (move.do === 'ack') step({ type: 'acked', position: inbox.position });
          else if (move.do === 'reconnect') {
            wire = [];
            step({ type: 'connected' });
            step({ type: 'asked', after: inbox.position });
          } else {
            await kill();
            step({ type: 'asked', after: -1 });
          }
        }
        await kill();
        expect(journal.events.map(event => event.id)).toEqual(all);
        host.spool.close();
      }),
      { numRuns: 25 },
    );
  },
);

test('[HOST21] a verdict is durable when it is in the spool, and is there for whoever opens it next', async () => {
  const file = newFile();
  const spool = await openSpool(file, () => expect.fail('the spool went away'));
  const journal = new StoreJournal(spool, createVirtualClock(), -1, error => expect.fail(String(error)));
  const entry = journal.append(eventOf('call-a', 0));
  await journal.durable(entry.position);
  await spool.close();
  const control = new MemoryJournal();
  const seen: string[] = [];
  expect(await recoverSpool(file, control, event => seen.push(event.id))).toBe(1);
  expect(seen).toEqual(['call-a-0']);
  // Removed with that: the next start finds nothing to recover.
  expect(await recoverSpool(file, control, () => undefined)).toBe(0);
  expect(await control.callEvents('call-a' as CallId, -1)).toHaveLength(1);
});

test('[HOST23] only who shows a secret that is expected is let in, and only once', async () => {
  const server = await openHostServer();
  const connect = (secret: string): Promise<string> =>
    new Promise(resolve => {
      const socket = new WebSocket(server.url, { headers: { authorization: `Bearer ${secret}` } });
      socket.on('open', () => resolve('open'));
      socket.on('error', error => resolve(error.message));
    });
  server.expect('a-secret', () => undefined);
  expect(new URL(server.url).hostname).toBe('127.0.0.1');
  expect(await connect('another')).toContain('401');
  expect(await connect('')).toContain('401');
  expect(await connect('a-secret')).toBe('open');
  expect(await connect('a-secret')).toContain('401');
  await server.close();
});
