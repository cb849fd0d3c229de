import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { MAYA, RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';

type View = Awaited<ReturnType<typeof renderConsole>>;

let position = 200_000;
async function push({ desk, console, step }: View, event: object): Promise<void> {
  const { lastSeq, ringingAtMs } = console.call.state.getState().timeline;
  position += 1;
  const envelope = {
    v: 1,
    id: `event-${String(position)}`,
    orgId: 'org',
    conversationId: RICH_CALL_ID,
    seq: lastSeq + 1,
    atMs: (ringingAtMs ?? 0) + 190_000,
  };
  desk.push({
    type: 'batch',
    notices: [],
    entries: [{ position, event: { ...envelope, ...event } as CallEvent }],
  });
  await step();
}

const told = (outcome: string | null, more: object = {}): object => ({
  type: 'call.transfer-requested',
  target: '+493012345',
  by: 'supervisor',
  ...MAYA,
  outcome,
  ...more,
});
const dialog = () => screen.queryByRole('dialog', { name: 'Transfer the call' });
const fault = () => within(dialog() as HTMLElement).getByRole('alert');
const note = () => screen.getByRole('status', { name: 'Transfer' }).textContent;
const control = () => screen.getByRole<HTMLButtonElement>('button', { name: /^Transfer/ });

async function submit(view: View, typed: string): Promise<void> {
  fireEvent.change(screen.getByLabelText('Phone number or SIP address'), { target: { value: typed } });
  act(() =>
    within(dialog() as HTMLElement)
      .getByRole('button', { name: 'Transfer' })
      .click(),
  );
  await view.step();
}

test('[SUP75] T asks for the target, and a number as people write it is sent as one', async () => {
  const view = await renderConsole({}, 'call');
  await view.press('t');
  expect(document.activeElement).toBe(screen.getByLabelText('Phone number or SIP address'));
  await submit(view, '+49 (30) 123-45');
  expect(view.desk.sent).toEqual([
    { callId: RICH_CALL_ID, verb: 'transfer', args: { target: '+493012345' } },
  ]);
  expect(dialog()).toBeNull();
});

test('[SUP75] what cannot be called is said, is not sent, and can be put right; Escape sends nothing', async () => {
  const view = await renderConsole({}, 'call');
  act(() => control().click());
  await submit(view, 'call Anna');
  expect(fault().textContent).toContain('This cannot be called');
  expect(screen.getByLabelText('Phone number or SIP address').getAttribute('aria-invalid')).toBe('true');
  fireEvent.change(screen.getByLabelText('Phone number or SIP address'), { target: { value: '1' } });
  expect(fault().textContent.trim()).toBe('');
  fireEvent.keyDown(screen.getByLabelText('Phone number or SIP address'), { key: 'Escape' });
  expect(dialog()).toBeNull();
  expect(view.desk.sent).toEqual([]);
});

test('[SUP75] a refusal of the worker stays in the dialog, with its code', async () => {
  const view = await renderConsole({}, 'call');
  view.desk.refusals.set('transfer', {
    code: 'lease.held-by-other',
    message: 'Somebody else has this call.',
    retryable: false,
    origin: 'worker',
  });
  await view.press('t');
  await submit(view, 'desk@example.org');
  expect(view.desk.sent.at(-1)).toMatchObject({ args: { target: 'sip:desk@example.org' } });
  expect(fault().textContent).toBe('Somebody else has this call. lease.held-by-other');
});

test('[SUP75] progress and outcome are shown, and nobody transfers twice at a time', async () => {
  const view = await renderConsole({}, 'call');
  expect(note()).toBe('');
  await push(view, told(null));
  expect(note()).toBe('Calling +493012345. The caller hears us');
  expect(control().disabled).toBe(true);
  await view.press('t');
  expect(dialog()).toBeNull();
  await push(view, { type: 'call.parked', with: 'hold', target: '+493012345' });
  expect(note()).toBe('Calling +493012345. The caller is on hold');
  await push(view, { type: 'call.parked', with: 'briefing', target: '+493012345' });
  expect(note()).toBe('+493012345 has picked up and is told of the call. The caller is on hold');
  await push(view, told('accepted'));
  await push(view, { type: 'call.parked', with: 'colleague', target: '+493012345' });
  expect(note()).toContain('The caller is with +493012345');
  expect(control().disabled).toBe(true);
  await push(view, { type: 'call.unparked', cause: 'colleague-left' });
  expect(note()).toBe('');
  expect(control().disabled).toBe(false);
});

test('[SUP75] a target that was not reached is told with the code until it is read', async () => {
  const view = await renderConsole({}, 'call');
  await push(view, told(null));
  await push(view, told('refused', { code: 'telephony.transfer-refused' }));
  expect(note()).toContain('+493012345 was not reached. The call goes on');
  expect(note()).toContain('telephony.transfer-refused');
  act(() => screen.getByRole('button', { name: 'Dismiss' }).click());
  expect(note()).toBe('');
  await push(view, told(null));
  await push(view, told('uncertain'));
  expect(note()).toContain('Nobody can say whether +493012345 has answered');
});

test('[SUP75] who may not take over has neither the control nor the key', async () => {
  const view = await renderConsole({ role: 'agent' }, 'call');
  expect(screen.queryByRole('button', { name: /^Transfer/ })).toBeNull();
  await view.press('t');
  expect(dialog()).toBeNull();
});
