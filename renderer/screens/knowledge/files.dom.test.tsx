import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { UNREACHABLE } from '#tests/fixtures/fake-knowledge.ts';
import { renderKnowledge } from '#tests/fixtures/render-knowledge.tsx';

const file = (name: string, text = 'Text.'): File => {
  const made = new File([text], name);
  // jsdom reads no files.
  made.arrayBuffer = async () => new TextEncoder().encode(text).buffer;
  return made;
};
const panel = () => screen.getByRole('status', { name: 'Import' });

test('[KNW20] each file says what it became or why it became nothing, and one that fails stops no other', async () => {
  const { knowledge, step } = await renderKnowledge();
  const large = Object.assign(file('large.pdf'), {});
  Object.defineProperty(large, 'size', { value: 21 * 1024 * 1024 });
  const gone = Object.assign(file('gone.md'), { arrayBuffer: () => Promise.reject(new Error('gone')) });
  fireEvent.change(screen.getByTestId('import-files'), {
    target: { files: [large, file('tool.exe'), gone, file('Gift cards.md')] },
  });
  for (let turn = 0; turn < 8; turn += 1) await step();
  expect(panel().textContent).toContain('Imported 1 of 4');
  expect(panel().textContent).toContain('The file is larger than 20 MB. input.too-large');
  expect(panel().textContent).toContain('Only Markdown, text, CSV, HTML and PDF files become articles.');
  expect(panel().textContent).toContain('The file cannot be read.');
  expect(knowledge.askedFor('import-knowledge')).toEqual([
    { name: 'Gift cards.md', contentBase64: btoa('Text.') },
  ]);
  act(() => screen.getByRole('button', { name: 'Open “Gift cards”' }).click());
  await step();
  expect(screen.getByRole('heading', { name: 'Knowledge' })).toBeTruthy();
  act(() => screen.getByRole('button', { name: 'Close' }).click());
  expect(panel().textContent).toBe('');
});

test('[KNW20] files dropped on the list are imported, with progress while they are read; the desk’s refusal is shown', async () => {
  const { knowledge, step } = await renderKnowledge();
  knowledge.refusals.set('import-knowledge', {
    ...UNREACHABLE,
    code: 'input.invalid',
    message: 'This PDF has no text.',
  });
  let read: (bytes: ArrayBuffer) => void = () => undefined;
  const slow = Object.assign(file('scan.pdf'), {
    arrayBuffer: () => new Promise<ArrayBuffer>(resolve => (read = resolve)),
  });
  fireEvent.drop(screen.getByRole('region', { name: 'Articles' }), {
    dataTransfer: { files: [slow, file('a.md')], types: ['Files'] },
  });
  await step();
  expect(panel().textContent).toContain('Importing 1 of 2');
  expect(panel().textContent).toContain('Reading');
  expect(screen.getByRole('progressbar').getAttribute('value')).toBe('0');
  read(new ArrayBuffer(4));
  for (let turn = 0; turn < 6; turn += 1) await step();
  expect(panel().textContent).toContain('Imported 0 of 2');
  expect(panel().textContent).toContain('This PDF has no text.');
});

test('[KNW21] one article or all are given to the shell as a zip', async () => {
  const { console, knowledge, savedFiles, step } = await renderKnowledge({ open: 'credit' });
  act(() => screen.getByRole('button', { name: 'Export all articles' }).click());
  await step();
  await act(() => console.knowledge.files.export(['credit']));
  expect(knowledge.askedFor('export-knowledge')).toEqual([{ docIds: null }, { docIds: ['credit'] }]);
  expect(savedFiles.map(({ name }) => name)).toEqual(['knowledge.zip', 'knowledge.zip']);
  expect(screen.getByText('Exported as knowledge.zip')).toBeTruthy();
});
