interface TextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  /** The last two are where it stands on the page, from the left and from below. */
  readonly transform: readonly number[];
}

/** A gap between lines that is this many times their height parts two paragraphs. */
const PARAGRAPH_GAP = 1.6;
const MOST_PAGES = 1_000;

/** The text of a PDF, paragraphs parted by blank lines. Rejects as pdf.js does; no script of the file is run. */
export async function readPdf(bytes: Uint8Array): Promise<string> {
  // Loaded only when needed: it is large. The legacy build is the one that runs outside a browser.
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({
    data: new Uint8Array(bytes),
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: 0,
  });
  try {
    const document = await task.promise;
    const pages: string[] = [];
    for (let number = 1; number <= Math.min(document.numPages, MOST_PAGES); number += 1) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(textOf(items.filter(item => 'str' in item)));
    }
    return pages.filter(text => text !== '').join('\n\n');
  } finally {
    await task.destroy();
  }
}

function textOf(items: readonly TextItem[]): string {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  let line = '';
  let lastY: number | null = null;
  const endLine = (): void => {
    if (line.trim() !== '') lines.push(line.trim());
    line = '';
  };
  const endParagraph = (): void => {
    endLine();
    if (lines.length > 0) paragraphs.push(lines.join('\n').replace(/(?<=\p{L})-\n(?=\p{Ll})/gu, ''));
    lines = [];
  };
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5] ?? 0;
    if (lastY !== null && str.trim() !== '') {
      const gap = Math.abs(lastY - y);
      if (gap > height * PARAGRAPH_GAP && height > 0) endParagraph();
      else if (gap > height / 2) endLine();
    }
    if (str.trim() !== '') lastY = y;
    line += str;
    if (hasEOL) endLine();
  }
  endParagraph();
  return paragraphs.join('\n\n');
}
