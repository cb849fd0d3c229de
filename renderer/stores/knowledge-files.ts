import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import { toBase64, type SaveFile } from './save-file.ts';
import { tell, tellError } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** The desk takes no larger file; in base64 it would not fit its command. */
export const MAX_IMPORT_BYTES = 20 * 1024 * 1024;
export const IMPORT_ENDINGS = ['.md', '.markdown', '.txt', '.csv', '.html', '.htm', '.pdf'] as const;

/** A file to import, as far as this needs it. */
export interface ImportFile {
  readonly name: string;
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface ImportRow {
  readonly id: number;
  readonly name: string;
  readonly state:
    | { readonly name: 'waiting' }
    | { readonly name: 'reading' }
    | { readonly name: 'done'; readonly docs: readonly { readonly docId: string; readonly title: string }[] }
    | { readonly name: 'failed'; readonly error: ErrorBody };
}

/** Files that become articles, one after the other, and articles that become files. */
export interface KnowledgeFiles {
  readonly rows: StoreApi<{ readonly files: readonly ImportRow[] }>;
  /** Each file succeeds or fails for itself. */
  take(files: readonly ImportFile[]): Promise<void>;
  /** Forgets the rows that are through. */
  clear(): void;
  /** `null` is every article. */
  export(docIds: readonly string[] | null): Promise<void>;
}

const refusal = (code: 'input.too-large' | 'input.invalid', message: string): ErrorBody => ({
  code,
  message,
  retryable: false,
  origin: 'renderer',
});

export function createKnowledgeFiles(bridge: DeskBridge, ui: UiStore, saveFile: SaveFile): KnowledgeFiles {
  const rows = createStore<{ readonly files: readonly ImportRow[] }>(() => ({ files: [] }));
  let lastId = 0;
  const set = (id: number, state: ImportRow['state']): void =>
    rows.setState(({ files }) => ({
      files: files.map(file => (file.id === id ? { ...file, state } : file)),
    }));

  const takeOne = async (file: ImportFile): Promise<ImportRow['state']> => {
    if (!IMPORT_ENDINGS.some(ending => file.name.toLowerCase().endsWith(ending)))
      return {
        name: 'failed',
        error: refusal('input.invalid', 'Only Markdown, text, CSV, HTML and PDF files become articles.'),
      };
    if (file.size > MAX_IMPORT_BYTES)
      return { name: 'failed', error: refusal('input.too-large', 'The file is larger than 20 MB.') };
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      return {
        name: 'failed',
        error: refusal('input.invalid', 'The file cannot be read. It may have been moved or be a folder.'),
      };
    }
    const answer = await bridge.run('import-knowledge', {
      name: file.name.slice(-255),
      contentBase64: toBase64(bytes),
    });
    return answer.ok ? { name: 'done', docs: answer.value.docs } : { name: 'failed', error: answer.error };
  };

  return {
    rows,
    async take(files) {
      const taken = files.map(file => ({ id: (lastId += 1), file }));
      const waiting = taken.map(({ id, file }): ImportRow => ({
        id,
        name: file.name,
        state: { name: 'waiting' },
      }));
      rows.setState(before => ({ files: [...before.files, ...waiting] }));
      for (const { id, file } of taken) {
        set(id, { name: 'reading' });
        set(id, await takeOne(file));
      }
    },
    clear: () =>
      rows.setState(({ files }) => ({
        files: files.filter(({ state }) => state.name === 'waiting' || state.name === 'reading'),
      })),
    async export(docIds) {
      const answer = await bridge.run('export-knowledge', { docIds: docIds === null ? null : [...docIds] });
      if (!answer.ok) return tellError(ui, answer.error);
      saveFile(answer.value.fileName, answer.value.zipBase64, 'application/zip');
      tell(ui, `Exported as ${answer.value.fileName}`);
    },
  };
}
