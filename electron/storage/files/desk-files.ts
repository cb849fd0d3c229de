import { Worker } from 'node:worker_threads';
import { AppError, appError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { ExportedDocument } from './export-zip.ts';
import type { FilesAsk } from './files-thread.ts';
import type { ImportedText } from './import-text.ts';

/** A file that takes longer is given up: a PDF can be made to take for ever. */
const DEADLINE_MS = 60_000;
/** More than any honest document needs; a file made to fill the memory ends its thread and nothing else. */
const MOST_MEMORY_MB = 512;

/** Files as documents and back, each on a thread of its own that ends with it. */
export class DeskFiles {
  readonly #threadUrl: URL;

  constructor(threadUrl: URL) {
    this.#threadUrl = threadUrl;
  }

  /** Rejects with `input.invalid` or `input.too-large`. */
  read(name: string, bytes: Uint8Array): Promise<readonly ImportedText[]> {
    return this.#run({ do: 'import', name, bytes });
  }

  zip(documents: readonly ExportedDocument[]): Promise<Uint8Array> {
    return this.#run({ do: 'export', documents });
  }

  #run<Result>(ask: FilesAsk): Promise<Result> {
    const thread = new Worker(this.#threadUrl, {
      execArgv: ['--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    return new Promise<Result>((resolve, reject) => {
      const giveUp = (): void =>
        reject(
          appError(
            'input.too-large',
            'The file takes too much time or memory to read. Split it, or save it as text.',
            {
              origin: 'electron',
            },
          ),
        );
      const timer = setTimeout(giveUp, DEADLINE_MS);
      thread.once('message', (answer: { ok: true; value: Result } | { ok: false; error: ErrorBody }) => {
        clearTimeout(timer);
        if (answer.ok) resolve(answer.value);
        else reject(new AppError(answer.error));
      });
      thread.once('error', () => {
        clearTimeout(timer);
        giveUp();
      });
      thread.postMessage(ask);
    }).finally(() => void thread.terminate());
  }
}
