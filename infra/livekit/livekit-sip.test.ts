import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sipConfig, type SipSettings } from './sip-config.ts';
import { findLivekitSip, startLivekitSip } from './start-sip.ts';

const SETTINGS: SipSettings = {
  apiKey: 'key',
  apiSecret: 'secret',
  serverUrl: 'ws://127.0.0.1:1',
  redisAddress: '127.0.0.1:2',
  sipPort: 3,
  rtpPorts: [26_000, 26_100],
  healthPort: 1,
};
const folder = mkdtempSync(join(tmpdir(), 'sidetone-sip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that does what a shell line says. */
function program(line: string): string {
  const file = join(folder, `program-${String(Math.random())}`);
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('[LK6] nothing in the configuration of livekit-sip reaches beyond this machine', () => {
  const config = sipConfig(SETTINGS);
  expect(new Set(config.match(/\d+\.\d+\.\d+\.\d+/gu))).toEqual(new Set(['127.0.0.1']));
  expect(JSON.parse(config)).toMatchObject({
    listen_ip: '127.0.0.1',
    nat_1_to_1_ip: '127.0.0.1',
    rtp_port: '26000-26100',
  });
  // Both were measured to end it at once on loopback.
  for (const key of ['local_net', 'use_external_ip']) expect(config).not.toContain(key);
});

test('[LK7] livekit-sip is found by its variable or on the path, and otherwise the reason is said', () => {
  const file = program('exit 0');
  expect(findLivekitSip({ LIVEKIT_SIP_BIN: file })).toEqual({ ok: true, file });
  expect(findLivekitSip({ LIVEKIT_SIP_BIN: '/nowhere/livekit-sip' })).toEqual({
    ok: false,
    reason: 'LIVEKIT_SIP_BIN names no program: /nowhere/livekit-sip',
  });
});

test('[LK8] one that does not come up is told with what it wrote, and its keys are in no argument', async () => {
  const file = program('echo "args: $* body: ${#SIP_CONFIG_BODY}" >&2; exit 3');
  const length = String(sipConfig(SETTINGS).length);
  await expect(startLivekitSip(file, SETTINGS)).rejects.toThrow(
    `livekit-sip did not come up: args:  body: ${length}`,
  );
});
