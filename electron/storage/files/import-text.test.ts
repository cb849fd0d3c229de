import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { exportZip } from './export-zip.ts';
import { DeskFiles } from './desk-files.ts';
import { importText } from './import-text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (name: string, text: string) => importText(name, bytes(text));

test('[DST60] Markdown keeps its front matter as fields, and a text gets its title from its heading or its name', async () => {
  expect(
    await read('returns.md', '---\ntitle: Returns\nowner: Lind\nstatus: approved\n---\nThirty days.\n'),
  ).toEqual([{ title: 'Returns', markdown: 'Thirty days.', fields: { title: 'Returns', ownerId: 'Lind' } }]);
  expect((await read('a.md', '# Gift cards\n\nFinal.'))[0]?.title).toBe('Gift cards');
  expect((await read('/x/late-fees_2.txt', 'Two euros.'))[0]).toMatchObject({
    title: 'late fees 2',
    markdown: 'Two euros.',
  });
});

test('[DST60] HTML becomes Markdown without its scripts, tables included', async () => {
  const html =
    '<html><head><title>Fees</title><style>p{}</style></head><body><h1>Fees</h1><script>alert(1)</script><p>Pay <b>late</b>.</p><table><tr><th>Days</th><th>Fee</th></tr><tr><td>3</td><td>2 €</td></tr></table></body></html>';
  expect(await read('fees.html', html)).toEqual([
    {
      title: 'Fees',
      markdown: '# Fees\n\nPay **late**.\n\n| Days | Fee |\n| --- | --- |\n| 3 | 2 € |',
      fields: { title: 'Fees' },
    },
  ]);
});

test('[DST60] CSV gives a document per row where there is a title, else one table', async () => {
  const faq = await read(
    'faq.csv',
    'question;answer;since\nHow long?;"30 days; from receipt";2026\nWhy?;Because.;\n',
  );
  expect(faq.map(({ title, markdown }) => [title, markdown])).toEqual([
    ['How long?', '30 days; from receipt\n\n**since:** 2026'],
    ['Why?', 'Because.'],
  ]);
  expect((await read('fees.csv', 'days,fee\n3,2\n'))[0]?.markdown).toBe(
    '| days | fee |\n| --- | --- |\n| 3 | 2 |',
  );
});

test('[DST60] the text of a PDF is read, and a PDF without text is refused in words', async () => {
  const [document] = await importText(
    'policy.pdf',
    pdf('BT /F1 12 Tf 72 700 Td (Thirty days to return.) Tj ET'),
  );
  expect(document).toMatchObject({ title: 'policy', markdown: 'Thirty days to return.' });
  await expect(importText('scan.pdf', pdf(''))).rejects.toMatchObject({ body: { code: 'input.invalid' } });
});

test.each([
  ['a.exe', 'x', 'input.invalid'],
  ['noending', 'x', 'input.invalid'],
  ['a.pdf', 'no pdf', 'input.invalid'],
  ['a.md', '', 'input.invalid'],
  ['a.txt', 'a\u0000b', 'input.invalid'],
  ['a.csv', 'title\n"never closed', 'input.invalid'],
  ['a.md', `${'x'.repeat(25_000)}`, 'input.too-large'],
  ['a.md', 'word '.repeat(50_000), 'input.too-large'],
  ['a.csv', `title,text\n${'row,x\n'.repeat(600)}`, 'input.too-large'],
])('[DST60] %s is refused with a code (%#)', async (name, text, code) => {
  const answer = await read(name, text).catch((error: unknown) => error);
  if (Array.isArray(answer))
    expect(answer.every(({ markdown }: { markdown: string }) => markdown !== '')).toBe(true);
  else expect(answer).toMatchObject({ body: { code } });
});

test('[DST61] an export is read back to the same texts, and its names point nowhere else', async () => {
  const documents = [
    {
      docId: 'a',
      status: 'approved',
      fields: { title: 'Returns / refunds' },
      markdown: '# R\n\nThirty days.',
    },
    { docId: 'b', status: 'draft', fields: { title: '../Returns: refunds', tags: 'x\ny' }, markdown: 'Two.' },
    { docId: 'c', status: 'draft', fields: {}, markdown: 'Three.' },
  ];
  const files = unzipSync(exportZip(documents));
  expect(Object.keys(files)).toEqual(['returns-refunds.md', 'returns-refunds-2.md', 'c.md']);
  const [first] = await read('x.md', strFromU8(files['returns-refunds.md'] ?? new Uint8Array()));
  expect(first).toMatchObject({ title: 'Returns / refunds', markdown: '# R\n\nThirty days.' });
});

test(
  '[DST60] files are read on a thread of their own, and a refusal keeps its code there',
  { timeout: 30_000 },
  async () => {
    const files = new DeskFiles(new URL('./files-thread.ts', import.meta.url));
    expect((await files.read('a.md', bytes('# A\n\nText.')))[0]?.title).toBe('A');
    await expect(files.read('a.exe', bytes('x'))).rejects.toMatchObject({ body: { code: 'input.invalid' } });
    expect(
      Object.keys(unzipSync(await files.zip([{ docId: 'a', status: 'draft', fields: {}, markdown: 'x' }]))),
    ).toEqual(['a.md']);
  },
);

test(
  '[DST60] a PDF of some hundred pages is read to its last page, whole and in order',
  { timeout: 60_000 },
  async () => {
    const lines = (page: number): string =>
    Array.from({ length: 8 }, (_, at) => `1 0 0 1 72 ${String(740 - at * 16)} Tm (Page ${String(page)} line ${String(at)} says what a page of a manual says.) Tj`).join(' '); // prettier-ignore
    const pages = Array.from({ length: 300 }, (_, page) => `BT /F1 10 Tf ${lines(page)} ET`);
    const [read] = await new DeskFiles(pathToFileURL(join(import.meta.dirname, 'files-thread.ts'))).read('manual.pdf', pdf(...pages)); // prettier-ignore
    const seen = [...(read?.markdown ?? '').matchAll(/Page (?<page>\d+) line 7/gu)].map(({ groups }) => Number(groups?.['page'])); // prettier-ignore
    expect(seen).toEqual(pages.map((_, page) => page));
  },
);

/** The smallest PDF with these pages. */
function pdf(...contents: readonly string[]): Uint8Array {
  const pages = contents.map((_, at) => `${String(4 + 2 * at)} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages}] /Count ${String(contents.length)} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...contents.flatMap((content, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${String(5 + 2 * at)} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${String(content.length)} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${String(at + 1)} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  text += `xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n`;
  text += offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(xref)}\n%%EOF`;
  return bytes(text);
}
