import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The page from which callers speak, as the worker serves it. */
export interface CallerPage {
  /** Folder of the built page. */
  readonly folder: string;
  /** `ws:` or `wss:`; null where calls do not run in rooms. */
  readonly livekitUrl: string | null;
  /** Where a caller can write instead; null for nowhere. */
  readonly textUrl: string | null;
}

export const CALLER_PAGE_PATH = '/call';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * The page loads only its own files and talks only to this worker and to the one audio server (WID2).
 * @param livekitUrl origin of that server
 */
export const callerCsp = (livekitUrl: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${livekitUrl === null ? '' : ` ${livekitUrl}`}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Serves the page and its files. No other file of the folder's surroundings can be named: all of them are read beforehand. */
export function serveCallerPage(server: FastifyInstance, page: CallerPage): void {
  const files = filesOf(page.folder);
  const headers = {
    'content-security-policy': callerCsp(page.livekitUrl && (URL.parse(page.livekitUrl)?.origin ?? null)),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
  };
  const send = (reply: FastifyReply, name: string): FastifyReply => {
    const body = files.get(name);
    void reply.headers(headers);
    if (body === undefined)
      return reply
        .status(files.size === 0 ? 503 : 404)
        .type('text/plain; charset=utf-8')
        .send(files.size === 0 ? 'The page is not built. Run npm run build.' : 'There is no such file.');
    // Names of the other files change with what is in them.
    const cache = name === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable';
    return reply
      .header('cache-control', cache)
      .type(TYPES[extname(name)] ?? 'application/octet-stream')
      .send(body);
  };
  server.get(CALLER_PAGE_PATH, (_request, reply) => send(reply, 'index.html'));
  server.get(`${CALLER_PAGE_PATH}/ways.json`, (_request, reply) =>
    reply.headers({ ...headers, 'cache-control': 'no-cache' }).send({ textUrl: page.textUrl }),
  );
  server.get<{ Params: { '*': string } }>(`${CALLER_PAGE_PATH}/*`, (request, reply) =>
    send(reply, request.params['*']),
  );
}

function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && extname(entry.name) in TYPES)
      .map(entry => {
        const file = join(entry.parentPath, entry.name);
        return [file.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(file)];
      }),
  );
}
