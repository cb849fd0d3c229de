import { fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { ToldAccount } from '#shared/domain/account.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { MAYA } from '#tests/fixtures/rich-call.ts';

const told = (userId: string, more: Partial<ToldAccount> = {}): ToldAccount => ({
  userId,
  email: `${userId}@example.test`,
  name: userId,
  role: 'agent',
  status: 'active',
  createdAtMs: 1,
  lastSeenAtMs: null,
  ...more,
});
const PEOPLE = [
  told(MAYA.userId, { name: MAYA.userName, role: 'admin' }),
  told('jun', { name: 'Jun' }),
  told('off', { name: 'Olga', status: 'deactivated' }),
];
const refusal = (code: ErrorBody['code'], message: string): ErrorBody => ({
  code,
  message,
  retryable: false,
  origin: 'worker',
});
const NEEDED = refusal(
  'account.sign-in-needed',
  'Your session has ended. Sign in again; what is on the screen stays.',
);

const type = (label: string | RegExp, value: string, within_: HTMLElement = document.body): void =>
  void fireEvent.change(within(within_).getByLabelText(label), { target: { value } });
const submit = (dialog: HTMLElement): void =>
  void fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
const signInSheet = (): HTMLElement | null => screen.queryByRole('dialog', { name: 'Sign in' });

test('[ACC23] who is not signed in is asked for e-mail and password, refusals are words, and then the floor is there', async () => {
  const { desk, step } = await renderConsole({ failsWith: NEEDED });
  const dialog = signInSheet() as HTMLElement;
  expect(dialog.textContent).toContain('Sign in again');
  expect(document.activeElement).toBe(within(dialog).getByLabelText('E-mail address'));
  desk.refusals.set(
    'sign-in',
    refusal('account.wrong-credentials', 'E-mail address and password do not belong together.'),
  );
  type('E-mail address', 'maya@example.test');
  type('Password', 'a wrong one');
  submit(dialog);
  await step();
  expect(within(dialog).getByRole('alert').textContent).toContain('do not belong together');
  desk.refusals.delete('sign-in');
  submit(dialog);
  await step();
  expect(signInSheet()).toBeNull();
  expect(screen.getAllByText('Elena Fischer').length).toBeGreaterThan(0);
});

test('[ACC23] a temporary password asks for one of the person’s own, in the same form', async () => {
  const { desk, step } = await renderConsole({ failsWith: NEEDED });
  const dialog = signInSheet() as HTMLElement;
  desk.refusals.set(
    'sign-in',
    refusal('account.new-password-needed', 'Choose a password of your own to sign in.'),
  );
  type('E-mail address', 'maya@example.test');
  type('Password', 'abcde-fghjk-mnpqr-stuvw');
  submit(dialog);
  await step();
  expect(dialog.textContent).toContain('Choose one of your own');
  expect(within(dialog).getByRole('alert').textContent).toBe('');
  desk.refusals.delete('sign-in');
  type(/^New password/u, 'a password of my own');
  submit(dialog);
  await step();
  expect(desk.accountsAsked.at(-1)?.args).toEqual({
    email: 'maya@example.test',
    password: 'abcde-fghjk-mnpqr-stuvw',
    newPassword: 'a password of my own',
  });
  expect(signInSheet()).toBeNull();
});

test('[ACC22] a session that ends asks above the screen, and what was typed is still there', async () => {
  const { desk, console, step } = await renderConsole({ accounts: PEOPLE }, 'call');
  console.ui.setState({ drafts: { tell: 'Offer the form', say: '', note: '' } });
  await step();
  desk.link({ name: 'lost', sinceMs: 0, attempt: 0, code: NEEDED.code, message: NEEDED.message });
  await step();
  expect(signInSheet()).not.toBeNull();
  expect(screen.getByDisplayValue('Offer the form')).toBeTruthy();
  desk.link({ name: 'live', latencyMs: 1, workerId: 'w', brain: 'b', voice: 'v' });
  await step();
  expect(signInSheet()).toBeNull();
  expect(screen.getByDisplayValue('Offer the form')).toBeTruthy();
});

test('[ACC24] everybody sees their role and can sign out; people without an account have neither list nor sign-out', async () => {
  const { desk, console, step } = await renderConsole({ accounts: PEOPLE, role: 'agent' });
  console.actions.goTo('settings');
  await step();
  expect(screen.getByText('Agent')).toBeTruthy();
  expect(screen.queryByRole('list', { name: 'People' })).toBeNull();
  screen.getByRole('button', { name: 'Sign out' }).click();
  await step();
  expect(desk.accountsAsked.at(-1)?.name).toBe('sign-out');
});

test('[ACC24] a desk with a worker of its own shows the role and nothing to sign out of', async () => {
  const { console, step } = await renderConsole({ role: 'admin' });
  console.actions.goTo('settings');
  await step();
  expect(screen.getByText('Administrator')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Sign out' })).toBeNull();
  expect(screen.queryByRole('form', { name: 'Invite somebody' })).toBeNull();
});

test('[ACC24] admins invite, change roles, deactivate and let in, and see a temporary password once', async () => {
  const { desk, console, step } = await renderConsole({ accounts: PEOPLE, role: 'admin' });
  console.actions.goTo('settings');
  await step();
  const list = screen.getByRole('list', { name: 'People' });
  expect(within(list).getAllByRole('listitem')).toHaveLength(3);
  expect(within(list).queryByRole('button', { name: `Deactivate ${MAYA.userName}` })).toBeNull();
  fireEvent.change(within(list).getByLabelText('Role of Jun'), { target: { value: 'supervisor' } });
  await step();
  within(list).getByRole('button', { name: 'Deactivate Jun' }).click();
  await step();
  within(list).getByRole('button', { name: 'Let in Olga' }).click();
  await step();
  expect(desk.accountsAsked.filter(({ name }) => name === 'change-account').map(({ args }) => args)).toEqual([
    { userId: 'jun', role: 'supervisor' },
    { userId: 'jun', status: 'deactivated' },
    { userId: 'off', status: 'active' },
  ]);
  const form = screen.getByRole('form', { name: 'Invite somebody' });
  type('Name', 'Nia', form);
  type('E-mail address', 'nia@example.test', form);
  fireEvent.submit(form);
  await step();
  const sheet = screen.getByRole('dialog', { name: 'Temporary password' });
  expect(sheet.textContent).toContain('abcde-fghjk-mnpqr-stuvw');
  expect(sheet.textContent).toContain('Nia');
  within(sheet).getByRole('button', { name: 'I have it' }).click();
  await step();
  expect(document.body.textContent).not.toContain('abcde-fghjk');
  expect(within(list).getAllByRole('listitem')).toHaveLength(4);
  desk.refusals.set('change-account', refusal('account.last-admin', 'An org needs one active admin.'));
  fireEvent.change(within(list).getByLabelText(`Role of ${MAYA.userName}`), { target: { value: 'agent' } });
  await step();
  expect(document.body.textContent).toContain('An org needs one active admin.');
});

test('[PRIV12] admins choose how long things are kept, look at what there is of a person and erase it with a reason', async () => {
  const { desk, console, step } = await renderConsole({ role: 'admin' });
  console.actions.goTo('settings');
  await step();
  fireEvent.change(screen.getByLabelText('Keep audio and words'), { target: { value: 'summaries-only' } });
  await step();
  const form = screen.getByRole('form', { name: 'Find a person' });
  type('Phone number', '030 5550142', form);
  fireEvent.submit(form);
  await step();
  expect(screen.getByRole('list', { name: 'Calls of this person' }).textContent).toContain(
    'recorded · tickets: 2',
  );
  type('Why it is erased', 'asked by letter');
  desk.refusals.set('erase-person', refusal('erasure.held', 'A legal hold is on 1 of 1 calls.'));
  const erase = (): void => screen.getByRole('button', { name: 'Erase this call for ever' }).click();
  erase();
  await step();
  expect(document.body.textContent).toContain('A legal hold is on 1 of 1 calls.');
  desk.refusals.delete('erase-person');
  erase();
  await step();
  expect(document.body.textContent).toContain('One call is erased. Delete there yourself: 7 at zendesk.');
  expect(desk.accountsAsked.map(({ name }) => name)).toEqual([
    'get-retention',
    'choose-retention',
    'find-person',
    'erase-person',
    'erase-person',
  ]);
  expect(desk.accountsAsked.at(-1)?.args).toEqual({
    person: { by: 'phone', value: '030 5550142' },
    calls: 1,
    reason: 'asked by letter',
  });
});
