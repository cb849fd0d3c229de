import { describe, expect, test } from 'vitest';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { SupervisionCommand } from '#shared/protocol/supervision.ts';
import { localControlChannel } from '#worker/store/local-control-channel.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { TeamControl } from './team-control.ts';

const ORG = 'org-1' as OrgId;
const ada: Actor = { userId: 'ada' as UserId, orgId: ORG, name: 'Ada', role: 'supervisor' };

/** Two workers on one channel; the second has a call and scripted callers. */
function team(endsWith?: Error) {
  const clock = createVirtualClock();
  const channel = localControlChannel();
  const ran: { readonly command: SupervisionCommand; readonly actor: Actor }[] = [];
  const reloaded: string[] = [];
  let ids = 0;
  const worker = (workerId: string, calls: readonly string[], hasCallers: boolean) =>
    new TeamControl({
      channel,
      workerId,
      desk: {
        openCalls: () => calls as readonly CallId[],
        run: (command, actor) => {
          ran.push({ command, actor });
          return endsWith ? Promise.reject(endsWith) : Promise.resolve({ seq: 1, mic: 'monitor', tookMs: 1 });
        },
      },
      ringCaller: hasCallers ? scenario => `call of ${String(scenario)}` as CallId : null,
      reloadPolicies: orgId => reloaded.push(`${workerId} ${orgId}`),
      clock,
      newId: () => `request-${String((ids += 1))}`,
      onError: error => {
        throw error;
      },
    });
  const one = worker('w1', [], false);
  const two = worker('w2', ['c2'], true);
  return { one, two, channel, clock, ran, reloaded };
}

describe('workers of a team', () => {
  test('[KN40] a caller rings on the worker that was named, and nowhere else', async () => {
    const { one, two, clock } = team();
    expect(await one.startSession(ORG, 'w2', 'late')).toBe('call of late');
    await expect(two.startSession(ORG, 'w1', null)).rejects.toMatchObject({
      body: { code: 'input.invalid' },
    });
    const nobody = expect(one.startSession(ORG, 'w9', null)).rejects.toMatchObject({
      body: { code: 'worker.unreachable', retryable: true },
    });
    await clock.advanceAsync(5_000);
    await nobody;
  });

  test('[KN40] a call is ended where it runs, by who asked; a refusal comes back', async () => {
    const { one, ran } = team();
    expect(await one.endSession(ada, 'c2' as CallId)).toBe('c2');
    expect(ran).toMatchObject([
      { command: { verb: 'end-call', callId: 'c2' }, actor: { userId: 'ada', orgId: ORG, name: 'Ada' } },
    ]);
    const refusing = team(appError('call.already-ended', 'The call has ended.'));
    await expect(refusing.one.endSession(ada, 'c2' as CallId)).rejects.toMatchObject({
      body: { code: 'call.already-ended' },
    });
  });

  test('[KN40] policies are read again everywhere', async () => {
    const { channel, reloaded } = team();
    await channel.say({ type: 'reload-policy', orgId: ORG });
    await Promise.resolve();
    await Promise.resolve();
    expect(reloaded.sort()).toEqual(['w1 org-1', 'w2 org-1']);
  });

  test('[KN40] who waits when the worker stops is told so', async () => {
    const { one } = team();
    const waiting = expect(one.startSession(ORG, 'w9', null)).rejects.toMatchObject({
      body: { code: 'worker.unreachable' },
    });
    one.stop();
    await waiting;
  });
});
