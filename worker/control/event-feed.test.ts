import { describe, expect, test } from 'vitest';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { WorkerMessage } from '#shared/protocol/stream.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { eventOf, ORG, RINGING } from '#tests/fixtures/stored-call.ts';
import { EventFeed, SLOW_READER_BYTES } from './event-feed.ts';
import { OpenCalls } from './open-calls.ts';

function bench() {
  const clock = createVirtualClock();
  const journal = new MemoryJournal();
  const sent: WorkerMessage[] = [];
  let buffered = 0;
  const desk = { onNotice: () => () => undefined } as unknown as CallDesk;
  const feed = new EventFeed(
    {
      journal,
      desk,
      openCalls: new OpenCalls(journal, clock),
      clock,
      orgId: ORG,
      workerId: 'w',
      brain: 'b',
      voice: 'v',
    },
    { send: message => sent.push(message), bufferedBytes: () => buffered },
  );
  let seq = 0;
  const tell = (type: 'call.early-media' | 'attention.raised' = 'call.early-media'): void =>
    void journal.append(
      eventOf(
        'c1',
        seq,
        seq++ === 0 ? RINGING : type === 'attention.raised' ? { type, reason: 'long-silence' } : { type },
      ),
    );
  return { clock, feed, sent, tell, block: (bytes: number) => (buffered = bytes) };
}

describe('event feed', () => {
  test('[API21] ordinary events wait for each other, urgent ones take everything along at once', async () => {
    const b = bench();
    b.tell();
    await b.feed.start(-1);
    b.tell();
    b.tell();
    expect(b.sent).toHaveLength(1);
    await b.clock.advanceAsync(33);
    expect(b.sent[1]).toMatchObject({ type: 'batch', entries: [{ position: 1 }, { position: 2 }] });
    b.tell();
    b.tell('attention.raised');
    expect(b.sent[2]).toMatchObject({ type: 'batch', entries: [{ position: 3 }, { position: 4 }] });
  });

  test('[API22] a reader that cannot keep up is sent nothing until it has caught up, then a snapshot with all', async () => {
    const b = bench();
    b.tell();
    await b.feed.start(-1);
    b.block(SLOW_READER_BYTES + 1);
    for (let count = 0; count < 50; count += 1) b.tell();
    await b.clock.advanceAsync(500);
    expect(b.sent).toHaveLength(1);
    b.block(0);
    await b.clock.advanceAsync(100);
    expect(b.sent[1]).toMatchObject({ type: 'snapshot', resumed: false, position: 50 });
    expect(b.sent[1]?.type === 'snapshot' && b.sent[1].entries).toHaveLength(51);
  });
});
