/** What a server for development and tests has to know. */
export interface ServerSettings {
  readonly port: number;
  readonly udpPort: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Where events are told, signed with the key; none when absent. */
  readonly webhookUrl?: string;
  /** `host:port` of a Redis; SIP needs one. */
  readonly redisAddress?: string;
  /**
   * Another loopback address that clients are told to send their media to, at the same port: something there gives it on to the
   * server. Its own address when absent. The server then tries no address of a client by itself, or media would go around.
   */
  readonly announcedAddress?: string;
  /** Whether a room comes to be by somebody joining it. */
  readonly autoCreate: boolean;
}

/**
 * The server's configuration for this machine alone: it listens on loopback, asks no STUN server and offers no other address.
 * JSON is YAML. The server refuses keys it does not know (LK2).
 */
export function serverConfig(settings: ServerSettings): string {
  const { port, udpPort, apiKey, apiSecret, webhookUrl, redisAddress, announcedAddress, autoCreate } =
    settings;
  return JSON.stringify({
    port,
    bind_addresses: ['127.0.0.1'],
    keys: { [apiKey]: apiSecret },
    rtc: {
      node_ip: announcedAddress ?? '127.0.0.1',
      ...(announcedAddress === undefined ? {} : { use_ice_lite: true }),
      use_external_ip: false,
      enable_loopback_candidate: true,
      ips: { includes: ['127.0.0.1/32'] },
      udp_port: udpPort,
      // Its default listens on every address of the machine.
      tcp_port: 0,
      stun_servers: ['127.0.0.1:3478'],
    },
    room: { auto_create: autoCreate, enable_remote_unmute: true },
    ...(webhookUrl === undefined ? {} : { webhook: { api_key: apiKey, urls: [webhookUrl] } }),
    ...(redisAddress === undefined ? {} : { redis: { address: redisAddress } }),
    logging: { level: 'warn', json: true },
  });
}
