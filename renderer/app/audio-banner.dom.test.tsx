import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { AudioWay } from '#shared/ipc/audio-way.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';

const ROOM: AudioWay = {
  via: 'livekit',
  url: 'ws://127.0.0.1:1',
  token: 'token',
  roomName: 'room',
  identity: 'sup-user-maya-mon',
};
const band = () => screen.getByRole('status', { name: 'Audio' });

async function listening() {
  const view = await renderConsole({}, 'call');
  view.desk.way = ROOM;
  await view.press('1');
  const [room] = view.rooms.joined;
  if (!room) throw new Error('no room was joined');
  return { ...view, room };
}

test('[LINK7] reconnecting and being back are said; a loss has a button that joins anew', async () => {
  const { room, rooms, step } = await listening();
  expect(band().textContent).toBe('');
  act(() => room.events.onReconnecting());
  expect(band().textContent).toContain('The audio is reconnecting');
  act(() => room.events.onReconnected());
  expect(band().textContent).toBe('');
  expect(screen.getByText('The audio is back.')).toBeTruthy();
  act(() => room.end('lost'));
  expect(band().textContent).toContain('media.unreachable');
  expect(screen.getByTestId('hears').textContent).toContain('You hear nobody');
  act(() => screen.getByRole('button', { name: 'Reconnect' }).click());
  await step();
  expect(band().textContent).toBe('');
  expect(rooms.inside).toHaveLength(1);
});

test('[LINK10] sound that the browser holds back has a button', async () => {
  const { room, step } = await listening();
  act(() => room.events.onBlocked(true));
  act(() => screen.getByRole('button', { name: 'Play the call' }).click());
  await step();
  expect(room.soundsAllowed).toBe(1);
  expect(band().textContent).toBe('');
});

test('[LINK3][LINK8] taking over speaks in the room after the answer; a voice that is lost steps down and says so', async () => {
  const { desk, rooms, audio, press, step } = await listening();
  desk.waiting = true;
  await press('4');
  const mouth = rooms.joined[1];
  expect(mouth?.told).toEqual(['published muted']);
  desk.release();
  await step();
  expect(mouth?.voice?.isMuted).toBe(false);
  expect(screen.getByRole('region', { name: 'You are on the line' })).toBeTruthy();
  act(() => mouth?.events.onReconnecting());
  expect(band().textContent).toContain('The caller may not hear you');
  expect(screen.getByText('Reconnecting: the caller may not hear you')).toBeTruthy();
  act(() => mouth?.end('lost'));
  await step();
  expect(desk.sent.map(sent => sent.verb)).toEqual(['listen', 'take-over', 'step-down']);
  expect(audio.microphonesOpen).toBe(0);
  expect(screen.getByText('media.lost')).toBeTruthy();
  expect(screen.queryByRole('region', { name: 'You are on the line' })).toBeNull();
});
