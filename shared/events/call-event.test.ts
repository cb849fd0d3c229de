import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storedCall } from '#tests/fixtures/stored-call.ts';
import {
  supervisionCommandSchema,
  SUPERVISION_VERBS,
  VERB_CAPABILITY,
} from '#shared/protocol/supervision.ts';
import { clientMessageSchema } from '#shared/protocol/stream.ts';
import { callEventSchema } from './call-event.ts';

describe('events', () => {
  test('[IPC1] an event parses as itself, through JSON and back', () => {
    for (const event of storedCall('c1'))
      expect(callEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  test('[IPC1] another version, an unknown type and a missing field are refused', () => {
    const [event] = storedCall('c1');
    for (const change of [
      { v: 2 },
      { type: 'call.teleported' },
      { seq: -1 },
      { seq: 1.5 },
      { conversationId: '' },
      { displayName: undefined },
    ]) {
      expect(callEventSchema.safeParse({ ...event, ...change }).success).toBe(false);
    }
  });

  test('[IPC1] garbage is refused and never thrown (5,000 inputs)', () => {
    const [event] = storedCall('c1');
    const bent = fc
      .tuple(fc.constantFrom(...Object.keys(event ?? {})), fc.anything())
      .map(([key, value]) => ({ ...event, [key]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), bent), input => {
        for (const schema of [callEventSchema, clientMessageSchema, supervisionCommandSchema])
          expect(typeof schema.safeParse(input).success).toBe('boolean');
      }),
      { numRuns: 5000 },
    );
  });

  test('[IPC3] each verb takes its own arguments and needs a right', () => {
    const command = (verb: string, args: unknown) =>
      supervisionCommandSchema.safeParse({ callId: 'c', commandId: 'k', verb, args }).success;
    expect(Object.keys(VERB_CAPABILITY).sort()).toEqual(Object.keys(SUPERVISION_VERBS).sort());
    expect(command('listen', {})).toBe(true);
    expect(command('say-now', { text: 'Hello.' })).toBe(true);
    expect(command('say-now', { text: '   ' })).toBe(false);
    expect(command('say-now', { text: 'x'.repeat(2001) })).toBe(false);
    expect(command('veto-chunk', { chunkId: null })).toBe(true);
    expect(command('veto-chunk', {})).toBe(false);
    expect(command('fly', {})).toBe(false);
  });
});
