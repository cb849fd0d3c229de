/**
 * The console loads only from here, and talks only to here and to the one audio server the desk was set up for; the same header
 * in both hosts (LINK13). Inline styles: the component library measures with them.
 * @param livekitUrl origin of that server, `ws:` or `wss:`; null without one
 */
export const consoleCsp = (livekitUrl: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    `connect-src 'self'${livekitUrl === null ? '' : ` ${livekitUrl}`}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
