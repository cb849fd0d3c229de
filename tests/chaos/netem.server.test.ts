import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildServer } from '#infra/livekit/build-servers.ts';
import { netemReason, ownNetworkReason, runInNetem } from './netem.ts';

const CHILD = join(import.meta.dirname, 'netem-child.ts');

test(
  '[CHA8] the same program in a good network of its own: they hear each other',
  { timeout: 180_000 },
  context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    const reason = ownNetworkReason();
    if (reason !== null) return context.skip(reason);
    const { status, said } = runInNetem('', CHILD, [built.file]);
    expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('heard') as string });
  },
);

test(
  '[CHA8] through 5 % loss and 50 ms of the kernel they hear each other',
  { timeout: 180_000 },
  context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    const reason = netemReason();
    if (reason !== null) return context.skip(reason);
    const { status, said } = runInNetem('loss 5% delay 50ms 10ms', CHILD, [built.file]);
    expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('heard') as string });
  },
);
