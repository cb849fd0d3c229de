import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
const { load } = createRequire(import.meta.url)('js-yaml') as { load: (text: string) => unknown };

const serviceSchema = z.strictObject({
  profiles: z.array(z.string()).optional(),
  image: z.string(),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).optional(),
  extra_hosts: z.array(z.string()).optional(),
  ports: z.array(z.string()),
  volumes: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  healthcheck: z.strictObject({
    test: z.array(z.string()).min(2),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number().int().positive(),
  }),
  restart: z.literal('unless-stopped'),
});
const { services, volumes } = z
  .strictObject({
    name: z.string(),
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(load(read('docker-compose.yml')));
const all = Object.entries(services);

test('[CAP7] the compose file brings what a worker may use, each with a check of its health', () => {
  expect(all.map(([name]) => name)).toEqual(['postgres', 'redis', 'livekit', 'sip']);
  for (const [name, { depends_on: needs = {} }] of all)
    for (const need of Object.keys(needs)) expect(services, `${name} needs ${need}`).toHaveProperty(need);
  for (const [, service] of all)
    for (const volume of service.volumes ?? []) expect(volumes).toHaveProperty(volume.split(':')[0] ?? '');
});

test('[CAP7] every port is published on this machine alone, and none twice', () => {
  const ports = all.flatMap(([, service]) => service.ports);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:[\d-]+:[\d-]+(\/udp|\/tcp)?$/u);
  expect(new Set(ports).size).toBe(ports.length);
});

test('[CAP7] every image is one version, and the LiveKit server is the one the tests run on', () => {
  for (const [name, { image }] of all) {
    if (name === 'sip') expect(image).toMatch(/^\$\{LIVEKIT_SIP_IMAGE:\?.*digest/u);
    else expect(image).toMatch(/^[\w/-]+:v?\d+\.\d+\.\d+[\w-]*$/u);
  }
  const tried = /livekit-server (v[\d.]+)/u.exec(read('livekit/go.mod'))?.[1];
  expect(services['livekit']?.image).toBe(`livekit/livekit-server:${tried ?? 'none'}`);
});

test('[CAP7] no key is in the file: each comes from the environment, and the example names every one without a value', () => {
  const text = read('docker-compose.yml');
  const asked = new Set([...text.matchAll(/\$\{(\w+)/gu)].map(([, name]) => name));
  const example = new Map(
    read('.env.example')
      .split('\n')
      .filter(line => /^\w+=/u.test(line))
      .map(line => line.split('=') as [string, string]),
  );
  expect(new Set(example.keys())).toEqual(asked);
  expect([...example.values()].join('')).toBe('');
  for (const [, line = ''] of text.matchAll(/(?:password|secret|keys?|PASSWORD|KEYS): (.+)$/gmu))
    expect(line).toContain('${');
});

test('[CAP7] what the services are told is what they are asked at: configurations inside are read, ports agree', () => {
  const livekit = load(services['livekit']?.environment?.['LIVEKIT_CONFIG'] ?? '');
  expect(livekit).toMatchObject({
    port: 7880,
    rtc: { udp_port: 7882, tcp_port: 7881, node_ip: '127.0.0.1' },
    redis: { address: 'redis:6379' },
    room: { auto_create: false, enable_remote_unmute: true },
  });
  const sip = load(services['sip']?.environment?.['SIP_CONFIG_BODY'] ?? '');
  expect(sip).toMatchObject({
    ws_url: 'ws://livekit:7880',
    sip_port: 5060,
    rtp_port: '26000-26099',
    health_port: 15_080,
  });
});
