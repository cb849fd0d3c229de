import { describe, expect, test } from 'vitest';
import { buildServer, isNewEnough } from './build-servers.ts';
import { serverConfig } from './server-config.ts';
import { startLivekitServer } from './start-server.ts';

const BUILD_LIMIT_MS = 600_000;

test('[LK1] a Go that can fetch the toolchain is new enough', () => {
  expect(['1.21', '1.26', '2.0'].map(isNewEnough)).toEqual([true, true, true]);
  expect(['1.19', '1.20', '0.9', ''].map(isNewEnough)).toEqual([false, false, false, false]);
});

test('[LK2] nothing in the configuration reaches beyond this machine', () => {
  const config = serverConfig({ port: 1, udpPort: 2, apiKey: 'k', apiSecret: 's', autoCreate: true });
  const addresses = config.match(/\d+\.\d+\.\d+\.\d+/gu) ?? [];
  expect(addresses.length).toBeGreaterThan(3);
  expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  expect(JSON.parse(config)).toMatchObject({ rtc: { tcp_port: 0, use_external_ip: false } });
});

describe('the real server', () => {
  test(
    '[LK3] comes up with keys of its own, and is gone when stopped',
    { timeout: BUILD_LIMIT_MS },
    async context => {
      const built = buildServer('server');
      if (!built.ok) return context.skip(built.reason);
      const server = await startLivekitServer(built.file);
      const http = server.url.replace('ws', 'http');
      expect((await fetch(http)).status).toBe(200);
      // Its API answers nobody without a token signed with the key.
      const list = await fetch(`${http}/twirp/livekit.RoomService/ListRooms`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(list.status).toBe(401);
      await server.stop();
      await expect(fetch(http)).rejects.toThrow();
      expect(() => process.kill(server.pid, 0)).toThrow();
    },
  );

  test('[LK3] one that cannot start says why', { timeout: BUILD_LIMIT_MS }, async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    const first = await startLivekitServer(built.file);
    const port = Number(new URL(first.url).port);
    await expect(startLivekitServer(built.file, { port })).rejects.toThrow(/did not come up/u);
    await first.stop();
  });
});
