import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { BEN, FakeNotes, noteConflict, noteOf, SOME_NOTES } from '#tests/fixtures/fake-notes.ts';
import { listedCalls } from '#tests/fixtures/listed-calls.ts';
import type { FakeDeskOptions } from '#tests/fixtures/fake-desk.ts';
import { MAYA, RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import type { CallNote } from '#shared/ipc/note-commands.ts';

async function openNotes(notes: readonly CallNote[] = SOME_NOTES, options: FakeDeskOptions = {}) {
  const made: { fake?: FakeNotes } = {};
  const view = await renderConsole(options, 'call', desk => {
    made.fake = new FakeNotes(desk, notes);
  });
  if (!made.fake) throw new Error('no notes were made');
  act(() => screen.getByRole('tab', { name: /Notes/u }).click());
  await view.step();
  const click = async (element: HTMLElement): Promise<void> => {
    act(() => element.click());
    await view.step();
  };
  return { ...view, fake: made.fake, click };
}
const field = () => screen.getByRole('textbox', { name: 'Note on this call' });
const panel = () => within(screen.getByRole('tabpanel'));
const note = (text: string) => screen.getByText(text).closest('article') as HTMLElement;
const button = (name: string, where: HTMLElement = document.body) =>
  within(where).getByRole('button', { name });

test('[NOT8][NOT5] the notes of the call stand beside it, newest first, each with who, when, its flag and whether it waits', async () => {
  await openNotes();
  expect(screen.getByRole('tab', { name: /^Notes ?3$/u }).getAttribute('aria-selected')).toBe('true');
  expect(
    panel()
      .getAllByRole('article')
      .map(one => one.getAttribute('aria-label')),
  ).toEqual([`Note of ${MAYA.userName}`, `Note of ${BEN}`, `Note of ${BEN}`]);
  expect(note('Call her back on Friday, after the depot has answered.').textContent).toMatch(
    /Follow-up.*Waiting to be sent/u,
  );
  expect(note('Kind and clear from the first sentence on.').textContent).not.toContain('Waiting');
});

test('[NOT8] a note is written with a flag, also without a worker, and one that says nothing cannot be saved', async () => {
  const { fake, desk, step, click } = await openNotes([]);
  desk.link({ name: 'lost', sinceMs: 0, attempt: 1, code: 'worker.unreachable', message: 'Away.' });
  await step();
  expect(screen.getByText(/Nobody has written on this call yet/u)).toBeTruthy();
  expect((button('Save the note') as HTMLButtonElement).disabled).toBe(true);
  fireEvent.change(field(), { target: { value: 'Ask the depot.' } });
  await click(button('Compliance'));
  await click(button('Coach'));
  expect(button('Compliance').getAttribute('aria-pressed')).toBe('false');
  await click(button('Save the note'));
  expect(fake.askedFor('save-call-note')).toEqual([
    { callId: RICH_CALL_ID, noteId: null, baseId: null, text: 'Ask the depot.', flag: 'coach', resolves: [] },
  ]);
  expect(note('Ask the depot.').textContent).toContain('Waiting to be sent');
  expect((field() as HTMLTextAreaElement).value).toBe('');
});

test('[NOT8][NOT9] what is refused stays in the field with the reason, and what is typed stays with its call', async () => {
  const { fake, step, click, console } = await openNotes([]);
  const error = { code: 'storage.full', message: 'The disk is full.', retryable: true, origin: 'electron' };
  fake.refusals.set('save-call-note', error as never);
  fireEvent.change(field(), { target: { value: 'Ask the depot.' } });
  await click(button('Save the note'));
  expect(panel().getByRole('alert').textContent).toMatch(/Not saved\. The disk is full\. storage\.full/u);
  expect((field() as HTMLTextAreaElement).value).toBe('Ask the depot.');
  act(() => console.actions.back());
  await step();
  act(() => console.actions.openCall(RICH_CALL_ID as never));
  await step();
  expect((field() as HTMLTextAreaElement).value).toBe('Ask the depot.');
  expect(panel().queryByRole('alert')).toBeNull();
});

test('[NOT9] a note is changed in its place and deleted at once, which can be taken back', async () => {
  const { fake, step, click } = await openNotes();
  await click(button('Edit', note('Kind and clear from the first sentence on.')));
  const own = screen.getByRole('textbox', { name: `Text of the note of ${BEN}` });
  fireEvent.change(own, { target: { value: 'Kind throughout.' } });
  await click(button('Save the note', own.closest('form') as HTMLElement));
  expect(fake.askedFor('save-call-note')).toMatchObject([
    { noteId: 'note.n2', baseId: 'n2-1', text: 'Kind throughout.', flag: 'praise' },
  ]);
  await click(button('Delete', note('Kind throughout.')));
  expect(screen.queryByText('Kind throughout.')).toBeNull();
  await click(button('Undo'));
  await step();
  expect(fake.askedFor('save-call-note').at(-1)).toMatchObject({
    noteId: 'note.n2',
    baseId: 'deleted-1',
    text: 'Kind throughout.',
  });
});

test('[NOT5] what was not accepted says why, is edited again from where it began, or thrown away', async () => {
  const refused = noteOf('n1', 'As it stands.', {
    state: {
      name: 'refused',
      reason: 'A note has at most 4000 characters.',
      isDeletion: false,
      text: 'Far too long.',
      flag: null,
      baseId: 'n1-0',
    },
  });
  const { fake, click } = await openNotes([refused]);
  expect(panel().getByRole('alert').textContent).toContain('at most 4000 characters.Far too long.');
  await click(button('Edit it again'));
  const own = screen.getByRole<HTMLTextAreaElement>('textbox', {
    name: `Text of the note of ${BEN}`,
  });
  expect(own.value).toBe('Far too long.');
  await click(button('Save the note', own.closest('form') as HTMLElement));
  expect(fake.askedFor('save-call-note')).toMatchObject([{ noteId: 'note.n1', baseId: 'n1-0' }]);
});

test('[NOT5] what was not accepted can be thrown away', async () => {
  const refused = noteOf('n1', 'x', {
    state: { name: 'refused', reason: 'No.', isDeletion: false, text: 'x', flag: null, baseId: null },
  });
  const { fake, click } = await openNotes([refused]);
  await click(button('Throw it away'));
  expect(fake.askedFor('drop-refused-note')).toEqual([{ noteId: 'note.n1' }]);
  expect(panel().queryByRole('alert')).toBeNull();
});

test('[NOT10] both texts of a conflict stand in the note, and one press keeps mine, theirs or both', async () => {
  for (const [name, text] of [
    ['Keep mine', 'She waits for her lamp since Monday.'],
    ['Keep theirs', 'She waits for her lamp and was told Friday.'],
    ['Keep both', 'She waits for her lamp since Monday.\n\nShe waits for her lamp and was told Friday.'],
  ] as const) {
    const { fake, click, unmount, stop } = await openNotes();
    const card = screen.getByRole('region', { name: 'Conflict' });
    expect(card.textContent).toContain(`${BEN} and you changed the same passage`);
    expect(card.textContent).toMatch(/Yours.*stands now.*since Monday.*Ben Okafor.*was told Friday/u);
    await click(button(name, card));
    expect(fake.askedFor('save-call-note')).toEqual([
      {
        callId: RICH_CALL_ID,
        noteId: 'note.n1',
        baseId: 'n1-1',
        text,
        flag: null,
        resolves: ['note-conflict-1'],
      },
    ]);
    expect(screen.queryByRole('region', { name: 'Conflict' })).toBeNull();
    unmount();
    stop();
  }
});

test('[NOT10] two flags and a deletion are conflicts of their own', async () => {
  const flags = noteConflict({ blockId: 'flag', base: null, head: 'coach', mine: 'praise' });
  const first = await openNotes([noteOf('n1', 'x', { flag: 'coach', conflicts: [flags] })]);
  expect(screen.getByRole('region', { name: 'Conflict' }).textContent).toContain('chose different flags');
  expect(screen.queryByRole('button', { name: 'Keep both' })).toBeNull();
  await first.click(button('Keep theirs'));
  expect(first.fake.askedFor('save-call-note')).toMatchObject([{ text: 'x', flag: 'praise' }]);
  first.unmount();
  first.stop();
  const gone = noteConflict({ blockId: '@document', base: 'kept', head: 'kept', mine: 'deleted' });
  const second = await openNotes([noteOf('n1', 'x', { conflicts: [gone] })]);
  await second.click(button('Keep theirs'));
  expect(second.fake.askedFor('delete-call-note')).toEqual([{ noteId: 'note.n1', baseId: 'n1-1' }]);
});

test('[NOT8] the palette goes to the field from anywhere on the call', async () => {
  const { press, step, console } = await openNotes([]);
  act(() => console.ui.setState({ tab: 'caller' }));
  await press('k', { ctrlKey: true });
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'write a note on this' } });
  await step();
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
  await step();
  expect(document.activeElement).toBe(field());
});

test('[NOT8] notes that cannot be read say so and are tried again', async () => {
  const { fake, click, step, desk } = await openNotes([noteOf('n1', 'There.')]);
  fake.refusals.set('list-call-notes', {
    code: 'storage.failed',
    message: 'The store refused.',
    retryable: true,
    origin: 'electron',
  });
  act(() => desk.tell('knowledge-changed', { docIds: ['note.n1'] }));
  await step();
  expect(panel().getByRole('alert').textContent).toContain('storage.failed');
  fake.refusals.clear();
  await click(button('Try again'));
  expect(panel().queryByRole('alert')).toBeNull();
});

test('[NOT7] the history marks flagged calls by icon and word, and asks for them alone', async () => {
  const calls = listedCalls(3);
  const made: { fake?: FakeNotes } = {};
  const asked: unknown[] = [];
  const { press, step } = await renderConsole({ history: calls }, 'floor', desk => {
    made.fake = new FakeNotes(desk, []);
    made.fake.counts = { [String(calls[1]?.id)]: { notes: 2, flags: ['praise', 'compliance'] } };
    const run = desk.run.bind(desk);
    desk.run = (name, args) => {
      if (name === 'list-calls') asked.push((args as { filter?: string }).filter);
      return run(name, args);
    };
  });
  await press('h');
  await step(300);
  const rows = screen.getAllByRole('row').slice(1);
  expect(rows[1]?.textContent).toContain('PraiseCompliance');
  expect(rows[0]?.textContent).not.toContain('Praise');
  act(() => screen.getByRole('button', { name: 'Flagged' }).click());
  await step(300);
  expect(asked.at(-1)).toBe('flagged');
});
