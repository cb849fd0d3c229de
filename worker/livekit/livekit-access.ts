/** The LiveKit server of this worker. The keys come from the environment (`LIVEKIT_API_KEY`, `LIVEKIT_API_SECRET`), never from flags. */
export interface LivekitAccess {
  /** `ws:` or `wss:` */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** The same server for its HTTP API. */
export const apiUrl = ({ url }: LivekitAccess): string => url.replace(/^ws/u, 'http');
