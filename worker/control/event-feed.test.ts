import { describe, expect, test } from 'vitest';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { WorkerMessage } from '#shared/protocol/stream.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf, ORG, RINGING } from '#tests/fixtures/stored-call.ts';
import { EventFeed, SLOW_READER_BYTES } from './event-feed.ts';
import { OpenCalls } from './open-calls.ts';

function bench() {
  const clock = createVirtualClock();
  const journal = new MemoryJournal();
  const sent: WorkerMessage[] = [];
  let buffered = 0;
  let afterSend = (): void => undefined;
  let notice: (notice: Notice) => void = () => undefined;
  const desk = {
    onNotice: (listener: typeof notice) => {
      notice = listener;
      return () => undefined;
    },
  } as unknown as CallDesk;
  const feed = new EventFeed(
    {
      journal,
      desk,
      openCalls: new OpenCalls(journal, clock),
      clock,
      orgId: ORG,
      userId: 'user-1' as UserId,
      workerId: 'w',
      brain: 'b',
      voice: 'v',
    },
    {
      send: message => {
        sent.push(message);
        afterSend();
      },
      bufferedBytes: () => buffered,
    },
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
  return {
    clock,
    feed,
    sent,
    tell,
    block: (bytes: number) => (buffered = bytes),
    onSend: (task: () => void) => (afterSend = task),
    append: (draft: CallEventDraft) => void journal.append(eventOf('c1', seq++, draft)),
    notice: (given: Notice) => notice(given),
  };
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
    expect(b.sent[1]?.type === 'snapshot' && b.sent[1].calls).toMatchObject([{ callId: 'c1', lastSeq: 50 }]);
  });

  test('[BEN10] a snapshot is one row per call, however long the calls have lasted', async () => {
    const b = bench();
    for (let count = 0; count < 500; count += 1) b.tell();
    await b.feed.start(-1);
    expect(b.sent[0]).toMatchObject({ type: 'snapshot', position: 499, entries: [] });
    expect(JSON.stringify(b.sent[0]).length).toBeLessThan(2000);
  });

  test('[BEN11] a snapshot that is still on its way does not count as a slow reader', async () => {
    const b = bench();
    b.tell();
    // Every message stays unread: the snapshot alone is more than a slow reader may leave.
    b.onSend(() => b.block(SLOW_READER_BYTES * 2));
    await b.feed.start(-1);
    b.onSend(() => undefined);
    b.tell();
    await b.clock.advanceAsync(100);
    expect(b.sent[1]).toMatchObject({ type: 'batch', entries: [{ position: 1 }] });
    b.block(SLOW_READER_BYTES * 4);
    b.tell();
    await b.clock.advanceAsync(100);
    expect(b.sent).toHaveLength(2);
  });

  test('[BEN12] levels go to those who listen to the call or speak on it, and to nobody else', async () => {
    const b = bench();
    b.tell();
    await b.feed.start(-1);
    const levels = { type: 'levels', callId: 'c1' as CallId, caller: 0.5, ai: 0, human: 0 } as const;
    b.notice(levels);
    await b.clock.advanceAsync(100);
    expect(b.sent).toHaveLength(1);
    b.append({ type: 'listener.joined', userId: 'user-1', userName: 'Morgan Reyes' });
    await b.clock.advanceAsync(100);
    b.notice(levels);
    await b.clock.advanceAsync(100);
    expect(b.sent.at(-1)).toEqual({ type: 'batch', entries: [], notices: [levels] });
  });

  test('[BEN15] notices of a call that this org does not have are not sent', async () => {
    const b = bench();
    b.tell();
    await b.feed.start(-1);
    const partial = { type: 'transcript.partial', speaker: 'caller', text: 'My card is' } as const;
    b.notice({ ...partial, callId: 'of-others' as CallId });
    await b.clock.advanceAsync(100);
    expect(b.sent).toHaveLength(1);
    b.notice({ ...partial, callId: 'c1' as CallId });
    await b.clock.advanceAsync(100);
    expect(b.sent).toHaveLength(2);
  });
});
