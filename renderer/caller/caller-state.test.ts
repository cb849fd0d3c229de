import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT_START, isUnderWay, stepCaller, type CallerInput, type CallerState } from './caller-state.ts';
import { clockOf, lineWords } from './caller-words.ts';
import { readConsultation } from './consultation.ts';
import { consultationTypeOf } from './consultation-types.ts';

const after = (...inputs: readonly CallerInput[]): CallerState => inputs.reduce(stepCaller, AT_START);
const TALKING: readonly CallerInput[] = [
  { type: 'pressed.talk' },
  { type: 'microphone.open' },
  { type: 'room.joined' },
];

test('[WID4] the indicator follows the call: connecting, waiting for the assistant, connected, reconnecting, lost', () => {
  expect(lineWords(AT_START)).toBeNull();
  expect(lineWords(after(...TALKING.slice(0, 2)))?.words).toBe('Connecting');
  const waiting = after(...TALKING);
  expect(waiting).toMatchObject({ name: 'talking', line: 'waiting' });
  const heard = stepCaller(waiting, { type: 'voices', count: 1 });
  expect(heard).toMatchObject({ line: 'connected' });
  const cut = stepCaller(heard, { type: 'room.reconnecting' });
  expect(lineWords(cut)).toEqual({ words: 'Reconnecting', tone: 'warn' });
  // Nobody arrives while the line is cut; that is not the assistant's fault.
  expect(stepCaller(cut, { type: 'voices', count: 0 })).toMatchObject({ line: 'reconnecting' });
  expect(stepCaller(cut, { type: 'room.back' })).toMatchObject({ line: 'connected' });
  expect(lineWords(stepCaller(cut, { type: 'room.lost' }))).toEqual({
    words: 'Connection lost',
    tone: 'bad',
  });
});

test('[WID4] sound that the browser holds back is said, and gone with the touch', () => {
  const blocked = after(...TALKING, { type: 'sound.blocked', isBlocked: true });
  expect(blocked).toMatchObject({ line: 'blocked' });
  expect(stepCaller(blocked, { type: 'sound.blocked', isBlocked: false })).toMatchObject({ line: 'waiting' });
});

const INPUTS: fc.Arbitrary<CallerInput> = fc.oneof(
  fc.constantFrom<CallerInput>(
    { type: 'pressed.talk' },
    { type: 'pressed.again' },
    { type: 'pressed.reconnect' },
    { type: 'pressed.end' },
    { type: 'microphone.open' },
    { type: 'microphone.gone' },
    { type: 'start.failed', why: 'network' },
    { type: 'room.joined' },
    { type: 'room.reconnecting' },
    { type: 'room.back' },
    { type: 'room.lost' },
    { type: 'room.over' },
  ),
  fc.boolean().map(isBlocked => ({ type: 'sound.blocked', isBlocked }) as const),
  fc.nat(3).map(count => ({ type: 'voices', count }) as const),
  fc.boolean().map(muted => ({ type: 'muted', muted }) as const),
);

test('[WID8] once ended, only the person starts anything again; ending is possible whenever something runs', () => {
  fc.assert(
    fc.property(fc.array(INPUTS, { maxLength: 40 }), inputs => {
      const state = after(...inputs);
      const ended = stepCaller(state, { type: 'pressed.end' });
      expect(isUnderWay(ended)).toBe(false);
      for (const input of inputs.filter(({ type }) => !type.startsWith('pressed.')))
        expect(isUnderWay(stepCaller(ended, input))).toBe(false);
    }),
  );
});

test('[WID1] a form that was tampered with asks for support; an answer that is no room is none', () => {
  expect(['quote', 'claims', 'support', 'training', 'toString', null, 7].map(consultationTypeOf)).toEqual([
    'quote',
    'claims',
    'support',
    'training',
    'support',
    'support',
    'support',
  ]);
  const room = { url: 'wss://rooms.example', token: 't' };
  expect(readConsultation({ ...room, callId: 'c' })).toEqual(room);
  for (const answer of [null, 'x', {}, { url: 'https://x', token: 't' }, { ...room, token: '' }])
    expect(readConsultation(answer)).toBeNull();
});

test('[WID4] the clock keeps its width until the hour', () => {
  expect([0, 7_400, 247_000, 3_727_000, -5].map(clockOf)).toEqual([
    '0:00',
    '0:07',
    '4:07',
    '1:02:07',
    '0:00',
  ]);
});
