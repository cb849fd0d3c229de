import { expect, test } from 'vitest';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { readWorkerMessage } from './read-worker-message.ts';

const ringing = { position: 0, event: eventOf('c', 0, RINGING) };
const newer = { position: 1, event: { ...eventOf('c', 1, RINGING), v: 2 } };
const unknown = { position: 2, event: { ...eventOf('c', 2, RINGING), type: 'call.teleported' } };
const heard = { type: 'heard', callId: 'c', chunkId: 'k', chars: 3 };

test('[DAY20] events of a newer version keep their place and everything else is read', () => {
  const { message, isWhole } = readWorkerMessage({
    type: 'batch',
    entries: [ringing, newer, unknown, { position: 3 }],
    notices: [heard, { type: 'thoughts', callId: 'c' }],
  });
  expect(isWhole).toBe(false);
  expect(message).toMatchObject({
    entries: [
      ringing,
      { position: 1, event: { type: 'event.unreadable', seq: 1, ofType: 'call.ringing', ofVersion: 2 } },
      { position: 2, event: { type: 'event.unreadable', seq: 2, ofType: 'call.teleported', ofVersion: 1 } },
    ],
    notices: [heard],
  });
});

test('[DAY20] a message that is known is whole, one that cannot be used is none', () => {
  expect(readWorkerMessage({ type: 'batch', entries: [ringing], notices: [] })).toMatchObject({
    isWhole: true,
  });
  expect(readWorkerMessage({ type: 'dreams' })).toEqual({ message: null, isWhole: false });
  expect(readWorkerMessage({ type: 'snapshot', entries: [ringing] })).toEqual({
    message: null,
    isWhole: false,
  });
});
