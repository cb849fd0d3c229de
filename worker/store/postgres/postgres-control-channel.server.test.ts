import { describe, expect, test, vi } from 'vitest';
import type { ControlChannel, HeardWord } from '#shared/adapters/control-channel.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { CHANNEL_CONTRACT } from '#tests/contract/control-channel.contract.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { postgresControlChannel } from './postgres-control-channel.ts';

const server = usePostgres();
const PATIENCE = { timeout: 20_000, interval: 20 };
const ORG = 'org-1' as OrgId;

const hearing = (url: string): Promise<ControlChannel> =>
  new Promise(resolve => {
    const channel = postgresControlChannel(url, systemClock);
    const stop = channel.onWord(word => {
      if (word.type !== 'maybe-missed') return;
      stop();
      resolve(channel);
    });
  });

describe.skipIf(!foundPostgres.ok)(onPostgres, { timeout: 60_000 }, () => {
  test.each(CHANNEL_CONTRACT)('$title', async ({ run }) => {
    const url = await server().createDatabase();
    const [one, two] = await Promise.all([hearing(url), hearing(url)]);
    await run({ one, two });
    await Promise.all([one.close(), two.close()]);
  });

  test('[KN40] a connection that breaks is made again, and what may have been missed is said', async () => {
    const url = await server().createDatabase();
    const channel = await hearing(url);
    const heard: HeardWord[] = [];
    channel.onWord(word => heard.push(word));
    await server().crash();
    await vi.waitFor(
      () =>
        expect(channel.say({ type: 'reload-policy', orgId: ORG })).rejects.toMatchObject({
          body: { code: 'storage.unreachable', retryable: true },
        }),
      PATIENCE,
    );
    await server().start();
    await vi.waitFor(() => expect(heard).toEqual([{ type: 'maybe-missed' }]), PATIENCE);
    await channel.say({ type: 'reload-policy', orgId: ORG });
    await vi.waitFor(() => expect(heard.at(-1)).toEqual({ type: 'reload-policy', orgId: ORG }), PATIENCE);
    await channel.close();
  });

  test('[KN40] whoever may enter the database may say nonsense there, and nothing comes of it', async () => {
    const url = await server().createDatabase();
    const channel = await hearing(url);
    const heard: HeardWord[] = [];
    channel.onWord(word => heard.push(word));
    const session = await sessionOf(url);
    for (const nonsense of ['', 'x', '{"type":"end-session"}', '[]', 'null'])
      await session.query('SELECT pg_notify($1, $2)', ['sidetone_control', nonsense]);
    await channel.say({ type: 'reload-policy', orgId: ORG });
    await vi.waitFor(() => expect(heard).toEqual([{ type: 'reload-policy', orgId: ORG }]), PATIENCE);
    await session.end();
    await channel.close();
  });
});
