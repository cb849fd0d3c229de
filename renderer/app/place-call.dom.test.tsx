import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { LinkState } from '#shared/ipc/commands.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';

type View = Awaited<ReturnType<typeof renderConsole>>;

const link: LinkState = { name: 'live', latencyMs: 1, workerId: 'w', brain: 'b', voice: 'v', canDial: true };
const dialog = () => screen.queryByRole('dialog', { name: 'Call a number' });
const button = () => screen.queryByRole('button', { name: 'Call a number' });
const field = () => screen.getByLabelText('Phone number');
const fault = () =>
  within(dialog() as HTMLElement)
    .getByRole('alert')
    .textContent.trim();

async function submit(view: View, typed: string): Promise<void> {
  fireEvent.change(field(), { target: { value: typed } });
  act(() =>
    within(dialog() as HTMLElement)
      .getByRole('button', { name: 'Call' })
      .click(),
  );
  await view.step();
}

test('[API57] the floor offers it, a number as people write it is sent as one, and the call is opened', async () => {
  const view = await renderConsole({ link });
  act(() => button()?.click());
  expect(document.activeElement).toBe(field());
  await submit(view, '+49 (30) 123-45');
  expect(view.desk.placed).toMatchObject([{ to: '+493012345' }]);
  expect(dialog()).toBeNull();
  expect(view.console.call.state.getState().callId).toBe('call-placed');
});

test('[API57] the palette offers it too', async () => {
  const view = await renderConsole({ link });
  await view.press('k', { ctrlKey: true });
  fireEvent.change(screen.getByPlaceholderText('Type what you want to do, or whose call'), {
    target: { value: 'call a number' },
  });
  await view.step();
  act(() => screen.getByRole('option', { name: /Call a number/u }).click());
  expect(dialog()).not.toBeNull();
});

test('[API57] neither is offered where no phone can be called, or to who may not', async () => {
  const without = await renderConsole();
  expect(button()).toBeNull();
  without.unmount();
  await renderConsole({ link, role: 'agent' });
  expect(button()).toBeNull();
});

test('[API57] what is no number is said and not sent; a refusal stays with its code, and trying again is the same wish', async () => {
  const view = await renderConsole({ link });
  act(() => button()?.click());
  await submit(view, 'desk@example.org');
  expect(fault()).toContain('This is no phone number');
  expect(view.desk.placed).toEqual([]);
  view.desk.placeFails = {
    code: 'telephony.busy',
    message: 'Every line is taken.',
    retryable: true,
    origin: 'worker',
  };
  await submit(view, '+4930 1');
  expect(fault()).toBe('Every line is taken. telephony.busy');
  await submit(view, '+49301');
  await submit(view, '+49302');
  const [first, again, other] = view.desk.placed;
  expect(again).toEqual(first);
  expect(other?.requestId).not.toBe(first?.requestId);
});
