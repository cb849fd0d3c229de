import { act, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { NEXT_SENTENCE, RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';

const verbs = (desk: { readonly sent: readonly { readonly verb: string }[] }) =>
  desk.sent.map(sent => sent.verb);

test('[UI6] an opened call says who is there, what was said and who hears whom', async () => {
  await renderConsole({}, 'call');
  expect(screen.getByRole('heading', { name: 'Elena Fischer' })).toBeTruthy();
  expect(screen.getByTestId('hears').textContent).toBe('You hear caller and AINobody hears you');
  expect(screen.getByRole('log').textContent).toContain('No, it came this morning');
  expect(screen.getByText('gate 3.1 ms')).toBeTruthy();
  expect(screen.getByText('Vetoed, then rephrased')).toBeTruthy();
});

test('[UI11] the veto stands in the transcript, and the note has its receipt', async () => {
  await renderConsole({}, 'call');
  const log = within(screen.getByRole('log'));
  expect(log.getByText('Vetoed before it was spoken')).toBeTruthy();
  expect(log.getByText('You will get a full refund today, I guarantee it.').tagName).toBe('DEL');
  expect(log.getByText('Used in turn 3')).toBeTruthy();
});

test('[UI7] opening a call and listening to it opens no microphone', async () => {
  const { desk, audio, press } = await renderConsole({}, 'call');
  await press('1');
  expect(verbs(desk)).toEqual(['listen']);
  expect(desk.opened.map(stream => stream.name)).toEqual(['floor', 'listen']);
  expect(audio.playersOpen).toBe(1);
  expect(audio.microphonesOpened).toBe(0);
});

test('[UI8] the strip runs out with its lead time, V vetoes that sentence and P holds it', async () => {
  const { desk, press, step } = await renderConsole({}, 'call');
  const strip = screen.getByRole('region', { name: 'About to say' });
  expect(strip.textContent).toContain(NEXT_SENTENCE);
  const before = screen.getByTestId('lead').textContent;
  await step(500);
  await step(0);
  expect(before).toMatch(/^in 1,2\d0 ms$/);
  expect(screen.getByTestId('lead').textContent).toMatch(/^in 7\d0 ms$/);
  await press('v');
  await press('p');
  expect(desk.sent).toEqual([
    { callId: RICH_CALL_ID, verb: 'veto-chunk', args: { chunkId: 'b-5' } },
    { callId: RICH_CALL_ID, verb: 'hold-speech', args: {} },
  ]);
});

test('[UI9] words that may still change are shown outside the live log', async () => {
  const { desk, step } = await renderConsole({}, 'call');
  const partial = {
    type: 'transcript.partial' as const,
    callId: RICH_CALL_ID as never,
    speaker: 'caller' as const,
  };
  desk.push({ type: 'batch', entries: [], notices: [{ ...partial, text: 'Well then I' }] });
  await step();
  expect(screen.getByTestId('partial').textContent).toContain('Well then I');
  expect(screen.getByTestId('partial').getAttribute('aria-hidden')).toBe('true');
  expect(screen.getByRole('log').textContent).not.toContain('Well then I');
  desk.push({ type: 'batch', entries: [], notices: [{ ...partial, text: '' }] });
  await step();
  expect(screen.queryByTestId('partial')).toBeNull();
});

test('[UI17] only the end of a call asks first', async () => {
  const { desk, step } = await renderConsole({}, 'call');
  act(() => screen.getByRole('button', { name: 'End call' }).click());
  expect(verbs(desk)).toEqual([]);
  act(() => within(screen.getByRole('dialog')).getByRole('button', { name: 'End call' }).click());
  await step();
  expect(verbs(desk)).toEqual(['end-call']);
});

test('[UI18] an agent sees no ladder and no veto', async () => {
  await renderConsole({ role: 'agent' }, 'call');
  expect(screen.queryByRole('button', { name: /Take over|Listen|Veto|End call/ })).toBeNull();
  expect(screen.getByRole('button', { name: 'Flag' })).toBeTruthy();
});

test('[UI26] a V in the composer is a letter', async () => {
  const { desk, press } = await renderConsole({}, 'call');
  await press('w');
  expect(document.activeElement?.tagName).toBe('INPUT');
  await press('v');
  await press('Escape');
  expect(verbs(desk)).toEqual([]);
  await press('v');
  expect(verbs(desk)).toEqual(['veto-chunk']);
});

test('[UI27] a second veto within 600 ms is a slip', async () => {
  const { desk, press, step } = await renderConsole({}, 'call');
  await press('v');
  await press('v');
  await step(600);
  await press('v');
  expect(verbs(desk)).toEqual(['veto-chunk', 'veto-chunk']);
});

test('[UI20] Escape goes to the floor and leaves a call that was listened to', async () => {
  const { desk, audio, press, console } = await renderConsole({}, 'call');
  await press('1');
  await press('Escape');
  expect(console.ui.getState().screen).toBe('floor');
  expect(verbs(desk)).toEqual(['listen', 'leave']);
  expect(audio.playersOpen).toBe(0);
});

test('[UI32] a refused command is told with its code', async () => {
  const { desk, press } = await renderConsole({}, 'call');
  desk.refusals.set('veto-chunk', {
    code: 'chunk.already-speaking',
    message: 'Too late: the caller hears it.',
    retryable: false,
    origin: 'worker',
  });
  await press('v');
  expect(screen.getByText('Too late: the caller hears it.')).toBeTruthy();
  expect(screen.getByText('chunk.already-speaking')).toBeTruthy();
});
