/** What a livekit-sip for development and tests has to know. */
export interface SipSettings {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** `ws://`, of the LiveKit server. */
  readonly serverUrl: string;
  /** `host:port` of the Redis by which the server and it find each other. */
  readonly redisAddress: string;
  readonly sipPort: number;
  /** First and last port for audio. */
  readonly rtpPorts: readonly [first: number, last: number];
  /** It listens there on every address. */
  readonly healthPort: number;
}

/**
 * The configuration of livekit-sip for this machine alone (LK6). JSON is YAML. Without `nat_1_to_1_ip` it would name the first
 * address that is not loopback, `local_net` for loopback and `use_external_ip` end it at once (measured).
 */
export function sipConfig(settings: SipSettings): string {
  const { apiKey, apiSecret, serverUrl, redisAddress, sipPort, rtpPorts, healthPort } = settings;
  return JSON.stringify({
    api_key: apiKey,
    api_secret: apiSecret,
    ws_url: serverUrl,
    redis: { address: redisAddress },
    sip_port: sipPort,
    rtp_port: rtpPorts.join('-'),
    listen_ip: '127.0.0.1',
    nat_1_to_1_ip: '127.0.0.1',
    health_port: healthPort,
    logging: { level: 'warn', json: true },
  });
}
