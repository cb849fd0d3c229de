import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { protocol } from 'electron';
import { consoleCsp } from '#electron/ipc/console-csp.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { peaksAnswer, recordingAnswer } from '#electron/ipc/recordings.ts';
import { fileOf, recordingOf, SCHEME } from './console-url.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const headersFor = (livekitUrl: string | null) => ({
  'content-security-policy': consoleCsp(livekitUrl),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});

/** Before the app is ready: our scheme is a real origin, with modules, fetch and a secure context. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Serves the built console, each answer with the policy in its header, and the recordings of the desk's worker. */
export function serveConsole(folder: string, core: DeskCore): void {
  const ours = headersFor(core.livekitUrl);
  protocol.handle(SCHEME, async ({ url, headers }) => {
    const recording = recordingOf(url);
    if (recording?.part === 'peaks') return peaksAnswer(core, recording.callId);
    if (recording) return recordingAnswer(core, recording.callId, headers.get('range'));
    const file = fileOf(url, folder);
    if (file === null) return new Response('There is no such page.', { status: 404, headers: ours });
    try {
      const body = await readFile(file);
      return new Response(new Uint8Array(body), {
        headers: { ...ours, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' },
      });
    } catch {
      return new Response('There is no such file.', { status: 404, headers: ours });
    }
  });
}
