import { parentPort } from 'node:worker_threads';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { exportZip, type ExportedDocument } from './export-zip.ts';
import { importText } from './import-text.ts';

export type FilesAsk =
  | { readonly do: 'import'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly do: 'export'; readonly documents: readonly ExportedDocument[] };

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread');

port.on('message', (ask: FilesAsk) => {
  void (async () => {
    try {
      const value = ask.do === 'import' ? await importText(ask.name, ask.bytes) : exportZip(ask.documents);
      port.postMessage({ ok: true, value });
    } catch (error) {
      port.postMessage({ ok: false, error: toErrorBody(error, 'electron') });
    }
  })();
});
