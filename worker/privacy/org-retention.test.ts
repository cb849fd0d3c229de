import { expect, test } from 'vitest';
import type { OrgId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { OrgRetention } from './org-retention.ts';

test('[HOST40] a host is told what the team has chosen, and what was known last where the database does not say it in time', async () => {
  const org = 'org-1' as OrgId;
  const clock = createVirtualClock();
  const answers: PromiseWithResolvers<RetentionProfile | null>[] = [];
  const retention = new OrgRetention(
    {
      retentionProfile: () => {
        const answer = Promise.withResolvers<RetentionProfile | null>();
        answers.push(answer);
        return answer.promise;
      },
      setRetentionProfile: () => Promise.resolve(true),
      addOrg: () => Promise.resolve(),
    },
    'standard',
  );
  const told = retention.soon(org, clock, 300);
  answers[0]?.resolve('short');
  expect(await told).toBe('short');

  const late = retention.soon(org, clock, 300);
  await clock.advanceAsync(300);
  expect(await late).toBe('short');
  answers[1]?.resolve('no-audio');

  const refused = retention.soon(org, clock, 300);
  answers[2]?.reject(new Error('the database is away'));
  expect(await refused).toBe('no-audio');
});
