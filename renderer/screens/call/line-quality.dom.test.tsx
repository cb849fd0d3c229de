import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { LineDirection } from '#shared/domain/call-quality.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { RICH_CALL_ID, richCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';

const measured = (direction: LineDirection, mos: number): CallEventDraft => ({
  type: 'quality.measured',
  direction,
  scope: 'webrtc-side',
  windowMs: 10_000,
  lossRatio: 0.02,
  jitterMs: 8,
  roundTripMs: 60,
  bufferMs: 70,
  mos,
});

/** The screen of a call whose log goes on with these. */
async function opened(...drafts: readonly CallEventDraft[]) {
  const events = richCall();
  const { atMs } = events[events.length - 1] ?? { atMs: 0 };
  const more = drafts.map((draft, index) => ({
    ...eventOf(RICH_CALL_ID, events.length + index, draft),
    atMs: atMs as never,
  }));
  await renderConsole({ entries: entriesOf([...events, ...more]) }, 'call');
}

test('[MOS8] a call without figures of its line says nothing of it', async () => {
  await opened();
  expect(screen.queryByTestId('line')).toBeNull();
});

test('[MOS8] the call screen says how the line is, by its worse direction and not by colour alone', async () => {
  await opened(measured('from-caller', 4.2), measured('to-caller', 4.3));
  expect(screen.getByTestId('line').textContent).toBe('Line: good, 4.2');
});

test('[MOS8] a worse line says so in words', async () => {
  await opened(measured('from-caller', 4.2), measured('to-caller', 3.2));
  expect(screen.getByTestId('line').textContent).toBe('Line: poor, 3.2');
});

test('[MOS8] the transcript says where the line became poor, and of other reasons nothing', async () => {
  const because = '3.5 of 4.4 for 30 s from the caller';
  await opened(
    { type: 'attention.raised', reason: 'poor-line', because },
    { type: 'attention.raised', reason: 'long-call' },
  );
  const log = screen.getByRole('log').textContent;
  expect(log).toContain(`The line is poor: ${because}`);
  expect(log).not.toContain('The call takes long');
});

test('[MOS8] an ended call says how its line was', async () => {
  const ended: CallEventDraft = { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 };
  await opened(measured('to-caller', 4.4), measured('to-caller', 3), ended);
  expect(screen.getByTestId('line').textContent).toBe('Line was: poor, 3.7, at worst 3.0');
});
