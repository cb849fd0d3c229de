import { parse as parseCsv } from 'csv-parse/sync';
import TurndownService from 'turndown';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { MAX_BLOCK_CHARS, MAX_BLOCKS, type KnowledgeFields } from '#shared/protocol/knowledge.ts';
import { splitBlocks } from '#shared/domain/blocks.ts';
import { readFrontMatter } from './front-matter.ts';
import { readPdf } from './read-pdf.ts';

/** A document as a file gave it. */
export interface ImportedText {
  readonly title: string;
  readonly markdown: string;
  readonly fields: KnowledgeFields;
}

/** Longest text of a document that is taken; as `save-knowledge`. */
const MAX_CHARS = 200_000;
const MAX_DOCUMENTS = 500;
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * The documents in a file, by its ending: Markdown, plain text, HTML and PDF give one; CSV gives one per row where a column is
 * called `title` (or `question`), else one with a table. Rejects with `input.invalid` or `input.too-large`, in words for people.
 */
export async function importText(name: string, bytes: Uint8Array): Promise<readonly ImportedText[]> {
  if (bytes.byteLength > MAX_BYTES) throw tooLarge('The file is larger than 20 MB.');
  const ending = name.toLowerCase().split('.').at(-1) ?? '';
  const read = READERS[ending];
  if (!read)
    throw refused(
      `${ending === '' || ending === name.toLowerCase() ? 'A file without an ending' : `A .${ending} file`} cannot be read. Markdown, text, CSV, HTML and PDF can.`,
    );
  let documents: readonly ImportedText[];
  try {
    documents = await read(bytes, titleFrom(name));
  } catch (cause) {
    if (AppError.is(cause)) throw cause;
    throw new AppError(
      {
        code: 'input.invalid',
        message: `${name} could not be read. Is it damaged, or another kind of file than its ending says?`,
        retryable: false,
        origin: 'electron',
      },
      { cause },
    );
  }
  const filled = documents.filter(({ markdown }) => markdown.trim() !== '');
  if (filled.length === 0)
    throw refused(
      `There is no text in ${name}.${ending === 'pdf' ? ' A scan has to be turned into text first.' : ''}`,
    );
  if (filled.length > MAX_DOCUMENTS)
    throw tooLarge(
      `${name} holds ${String(filled.length)} documents; at most ${String(MAX_DOCUMENTS)} are taken at once.`,
    );
  for (const { title, markdown } of filled) checkSize(title, markdown);
  return filled;
}

type Reader = (
  bytes: Uint8Array,
  title: string,
) => Promise<readonly ImportedText[]> | readonly ImportedText[];

const markdownReader: Reader = (bytes, title) => {
  const { fields, markdown } = readFrontMatter(textOf(bytes).replace(/\r\n?/gu, '\n'));
  const heading = /^#\s+(?<words>.+)$/mu.exec(markdown)?.groups?.['words'];
  return [withTitle(fields.title ?? heading?.trim() ?? title, markdown.trim(), fields)];
};

const htmlReader: Reader = (bytes, title) => {
  const html = textOf(bytes);
  const turndown = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
  });
  turndown.addRule('table', {
    filter: 'table',
    replacement: (_text, node) => `\n\n${htmlTable(node)}\n\n`,
  });
  turndown.remove(['script', 'style', 'noscript', 'iframe', 'title', 'head'] as never);
  const markdown = turndown.turndown(html).trim();
  const named = /<title[^>]*>(?<words>[^<]+)<\/title>/iu.exec(html)?.groups?.['words'];
  return [withTitle(named?.replace(/\s+/gu, ' ').trim() ?? title, markdown)];
};

const csvReader: Reader = (bytes, title) => {
  const text = textOf(bytes);
  const rows: readonly string[][] = parseCsv(text, {
    bom: true,
    delimiter: [',', ';', '\t'].toSorted((a, b) => count(text, b) - count(text, a))[0] ?? ',',
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const [header = [], ...body] = rows;
  const named = header.findIndex(cell => /^(?:title|question)$/iu.test(cell));
  if (named < 0) return [withTitle(title, tableOf(header, body))];
  return body.map((row, at) => {
    const parts = header.flatMap((name, column) => {
      const value = (row[column] ?? '').trim();
      if (column === named || value === '') return [];
      return [/^(?:text|body|answer|content|markdown)$/iu.test(name) ? value : `**${name}:** ${value}`];
    });
    const own = (row[named] ?? '').trim();
    return withTitle(own === '' ? `${title} ${String(at + 1)}` : own, parts.join('\n\n'));
  });
};

const READERS: Readonly<Record<string, Reader>> = {
  md: markdownReader,
  markdown: markdownReader,
  txt: (bytes, title) => [withTitle(title, textOf(bytes).replace(/\r\n?/gu, '\n').trim())],
  html: htmlReader,
  htm: htmlReader,
  csv: csvReader,
  pdf: async (bytes, title) => [withTitle(title, await readPdf(bytes))],
};

const count = (text: string, part: string): number => (text.split('\n', 1)[0] ?? '').split(part).length;

const withTitle = (title: string, markdown: string, fields: KnowledgeFields = {}): ImportedText => {
  const short = title.slice(0, 300);
  return { title: short, markdown, fields: { ...fields, title: short } };
};

const titleFrom = (name: string): string =>
  name
    .replace(/^.*[/\\]/u, '')
    .replace(/\.[^.]*$/u, '')
    .replace(/[-_]+/gu, ' ')
    .trim() || 'Imported';

/** UTF-8, or what Windows writes where it is none. */
function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isUtf16) return new TextDecoder('utf-16le').decode(bytes);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\u0000')) throw refused('This is no text file.');
    return text;
  } catch (error) {
    if (AppError.is(error)) throw error;
    if (bytes.includes(0)) throw refused('This is no text file.');
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${header.map((_name, at) => (cells[at] ?? '').replace(/\|/gu, '\\|').replace(/\s*\n\s*/gu, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** As much of a table's DOM as its text needs. */
interface TableNode {
  querySelectorAll(selector: string): ArrayLike<TableNode>;
  readonly textContent: string | null;
}

function htmlTable(table: unknown): string {
  const [header = [], ...rows] = Array.from((table as TableNode).querySelectorAll('tr'), row =>
    Array.from(row.querySelectorAll('th, td'), cell => (cell.textContent ?? '').replace(/\s+/gu, ' ').trim()),
  );
  return tableOf(header, rows);
}

function checkSize(title: string, markdown: string): void {
  if (markdown.length > MAX_CHARS)
    throw tooLarge(
      `“${title}” is longer than ${String(MAX_CHARS)} characters. Split it into several documents.`,
    );
  const blocks = splitBlocks(markdown);
  if (blocks.length > MAX_BLOCKS || blocks.some(block => block.length > MAX_BLOCK_CHARS))
    throw tooLarge(
      `“${title}” has a paragraph or a table that is too long. Split it into several documents or paragraphs.`,
    );
}

const refused = (message: string): AppError => appError('input.invalid', message, { origin: 'electron' });
const tooLarge = (message: string): AppError => appError('input.too-large', message, { origin: 'electron' });
