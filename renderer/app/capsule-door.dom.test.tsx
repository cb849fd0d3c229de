import { act, createEvent, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { renderKnowledge } from '#tests/fixtures/render-knowledge.tsx';

const file = (name: string, text: string): File => new File([text], name);
const zip = file('c1.sidetone-capsule', 'PK and what else a capsule has');

/** @returns whether the page kept the browser from going to it */
async function drop(
  target: Element,
  files: readonly File[],
  types: readonly string[] = ['Files'],
): Promise<boolean> {
  const event = createEvent.drop(target, { dataTransfer: { files, types } });
  await act(async () => {
    fireEvent(target, event);
    await Promise.resolve();
  });
  return event.defaultPrevented;
}
const refusal = { ok: false, error: { code: 'capsule.invalid', message: 'Half of it is missing.', retryable: false, origin: 'electron' } } as const; // prettier-ignore

async function open() {
  const rendered = await renderConsole({});
  const opened: unknown[] = [];
  rendered.desk.answers = (name, args) => {
    if (name !== 'open-capsule') return null;
    opened.push(args);
    return refusal;
  };
  return { ...rendered, opened };
}

test('[ARC14] a file over the window shows where it goes, and no longer once it is gone', async () => {
  await open();
  fireEvent.dragOver(document.body, { dataTransfer: { types: ['Files'] } });
  expect(screen.getByText('Drop a capsule here: it opens read only')).toBeTruthy();
  fireEvent.dragLeave(document.body, { relatedTarget: null });
  expect(screen.queryByText('Drop a capsule here: it opens read only')).toBeNull();
});

test('[ARC14] what is dropped is opened, and what the desk makes of it is said', async () => {
  const { opened, step } = await open();
  expect(await drop(document.body, [zip])).toBe(true);
  await step(100);
  expect(opened).toEqual([{ capsuleBase64: btoa('PK and what else a capsule has') }]);
  expect(screen.getByText('Half of it is missing.')).toBeTruthy();
});

test.each<readonly [what: string, files: readonly File[], types: readonly string[], words: string]>([
  [
    'a picture',
    [file('cat.png', 'PNG')],
    ['Files'],
    'cat.png is no capsule. Only a capsule can be opened here.',
  ],
  [
    'an empty file',
    [file('empty', '')],
    ['Files'],
    'empty is no capsule. Only a capsule can be opened here.',
  ],
  ['two files', [zip, zip], ['Files'], 'Only a capsule can be dropped here, one at a time.'],
  ['an address', [], ['text/uri-list'], 'Only a capsule can be dropped here, one at a time.'],
])('[ARC14] %s is refused in words, and the page does not go there', async (_what, files, types, words) => {
  const { opened, step } = await open();
  expect(await drop(document.body, files, types)).toBe(true);
  await step(100);
  expect(screen.getByText(words)).toBeTruthy();
  expect(opened).toEqual([]);
});

test('[ARC14] articles are still imported where they were, and a capsule there is opened all the same', async () => {
  const { knowledge, step } = await renderKnowledge({});
  const column = screen.getByRole('region', { name: 'Articles' });
  await drop(column, [file('Sizes.md', '# Sizes')]);
  await step(100);
  expect(knowledge.askedFor('import-knowledge')).toHaveLength(1);
  await drop(column, [zip]);
  await step(100);
  expect(knowledge.askedFor('import-knowledge')).toHaveLength(1);
  expect(knowledge.askedFor('open-capsule')).toHaveLength(1);
});

test('[ARC11] the palette asks for a file, and the chooser hands it over', async () => {
  const { opened, console, press, step } = await open();
  let chosen = 0;
  const input = screen.getByLabelText('Capsule file');
  input.addEventListener('click', () => (chosen += 1));
  await press('k', { ctrlKey: true });
  act(() => screen.getByRole('option', { name: /^Open a capsule/u }).click());
  expect(chosen).toBe(1);
  fireEvent.change(input, { target: { files: [zip] } });
  await step(100);
  expect(opened).toHaveLength(1);
  expect(console.ui.getState().screen).toBe('floor');
});
