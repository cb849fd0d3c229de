import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import type { Store } from './store.ts';
import { StoreJournal } from './store-journal.ts';

/** A store in memory that can be told to fail. */
function bench() {
  const clock = createVirtualClock();
  const written: JournalEntry[] = [];
  const groups: number[] = [];
  const failures: unknown[] = [];
  let failing = 0;
  const store = {
    append: (entries: readonly JournalEntry[]) => {
      if (failing > 0) {
        failing -= 1;
        return Promise.reject(new Error('disk full'));
      }
      groups.push(entries.length);
      written.push(...entries);
      return Promise.resolve();
    },
    callEvents: (callId: CallId, afterSeq: number) =>
      Promise.resolve(
        written
          .map(entry => entry.event)
          .filter(event => event.conversationId === callId && event.seq > afterSeq),
      ),
    entries: (after: number, limit: number) =>
      Promise.resolve(written.filter(entry => entry.position > after).slice(0, limit)),
  } as unknown as Store;
  const journal = new StoreJournal(store, clock, 9, error => failures.push(error));
  let seq = 0;
  const append = (): JournalEntry =>
    journal.append(eventOf('c1', seq, seq++ === 0 ? RINGING : { type: 'call.early-media' }));
  return { clock, journal, append, written, groups, failures, fail: (times: number) => (failing = times) };
}

describe('journal', () => {
  test('[AUD1] positions follow the store’s, and listeners hear of an entry before it is written', () => {
    const b = bench();
    const heard: number[] = [];
    b.journal.onEntry(entry => heard.push(entry.position));
    b.append();
    b.append();
    expect(heard).toEqual([10, 11]);
    expect(b.written).toEqual([]);
    expect(b.journal.head).toBe(11);
  });

  test('[AUD2] entries travel in groups: after 5 ms, or when there are 64', async () => {
    const b = bench();
    for (let count = 0; count < 3; count += 1) b.append();
    await b.clock.advanceAsync(4);
    expect(b.groups).toEqual([]);
    await b.clock.advanceAsync(1);
    expect(b.groups).toEqual([3]);
    for (let count = 0; count < 64; count += 1) b.append();
    await settle();
    expect(b.groups).toEqual([3, 64]);
  });

  test('[AUD7] durable does not wait for the group to fill', async () => {
    const b = bench();
    const entry = b.append();
    let durable = false;
    void b.journal.durable(entry.position).then(() => (durable = true));
    await settle();
    expect([durable, b.groups]).toEqual([true, [1]]);
    await expect(b.journal.durable(entry.position)).resolves.toBeUndefined();
  });

  test('[AUD8] what the disk refused is kept, in order, and nothing is durable before it is written', async () => {
    const b = bench();
    b.fail(3);
    const first = b.append();
    let durable = false;
    void b.journal.durable(first.position).then(() => (durable = true));
    await b.clock.advanceAsync(20);
    b.append();
    expect(durable).toBe(false);
    await b.clock.advanceAsync(1000);
    expect(b.failures).toHaveLength(3);
    expect(durable).toBe(true);
    expect(b.written.map(entry => entry.position)).toEqual([10, 11]);
  });

  test('[AUD9] readers see what is not written yet, once', async () => {
    const b = bench();
    b.append();
    await b.journal.flush();
    b.append();
    expect((await b.journal.callEvents('c1' as CallId, -1)).map(event => event.seq)).toEqual([0, 1]);
    expect((await b.journal.entries(9, 10)).map(entry => entry.position)).toEqual([10, 11]);
  });
});
