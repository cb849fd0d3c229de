import { describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import { tellCall } from './call-teller.ts';

const callId = 'c1' as CallId;
const patch = (patchId: string): CallEventDraft => ({
  type: 'knowledge.patched',
  patchId,
  docId: 'returns',
  title: 'Returns',
  markdown: 'Hats too.',
  publishedId: null,
  snapshotId: 's1',
  userId: 'ben',
  userName: 'Ben',
});
const LOST = { body: { code: 'worker.unreachable', retryable: true } };

describe('telling a running call', () => {
  test('[KN27] is done when the very event is in the log, also where another process has the call', async () => {
    const clock = createVirtualClock();
    const journal = new MemoryJournal();
    let isDone = false;
    const telling = tellCall({ journal, clock, appendToCall: () => true }, callId, patch('p2')).then(
      () => (isDone = true),
    );
    journal.append(eventOf('c1', 0, patch('p1')));
    journal.append(eventOf('c2', 0, patch('p2')));
    await clock.advanceAsync(100);
    expect(isDone).toBe(false);
    journal.append(eventOf('c1', 1, patch('p2')));
    await telling;
  });

  test('[KN27] a call that is between two hosts, or whose host dies with it, is told later', async () => {
    const clock = createVirtualClock();
    const journal = new MemoryJournal();
    await expect(
      tellCall({ journal, clock, appendToCall: () => false }, callId, patch('p1')),
    ).rejects.toMatchObject(LOST);
    const telling = expect(
      tellCall({ journal, clock, appendToCall: () => true }, callId, patch('p1')),
    ).rejects.toMatchObject(LOST);
    await clock.advanceAsync(3_000);
    await telling;
  });
});
