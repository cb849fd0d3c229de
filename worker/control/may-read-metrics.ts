const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export interface MetricsRequest {
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly hasSession: boolean;
}

/** This machine, or a session. What a proxy on this machine has passed on comes from elsewhere (OBS4). */
export function mayReadMetrics({ remoteAddress, headers, hasSession }: MetricsRequest): boolean {
  if (hasSession) return true;
  const isPassedOn = 'x-forwarded-for' in headers || 'forwarded' in headers || 'x-real-ip' in headers;
  return LOOPBACK.has(remoteAddress) && !isPassedOn;
}
