import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventType } from '#shared/events/call-event.ts';
import { startCallBench, SUPERVISOR, type CallBench } from './call-bench.ts';

let bench: CallBench;
beforeAll(async () => {
  bench = await startCallBench();
});
afterAll(() => bench.stop());

const on = (callId: CallId, type: CallEventType, fits: (event: never) => boolean = () => true) =>
  bench.journal.until(
    event => event.conversationId === callId && event.type === type && fits(event as never),
  );
const eventsOf = (callId: CallId): readonly CallEvent[] =>
  bench.journal.events.filter(event => event.conversationId === callId);
const outcomes = (callId: CallId) =>
  eventsOf(callId).flatMap(event => (event.type === 'call.transfer-requested' ? [event] : []));

/** What happened between two events of a call. */
function between(callId: CallId, from: CallEventType, to: CallEventType): readonly CallEvent[] {
  const events = eventsOf(callId);
  const first = events.findIndex(event => event.type === from);
  return events.slice(
    first + 1,
    events.findIndex((event, at) => at > first && event.type === to),
  );
}

describe.concurrent('transfers of calls with real audio', { timeout: 150_000 }, () => {
  test('[SUP72][SUP73] while the caller is with a colleague the AI is silent and answers nothing, and has them again afterwards', async () => {
    const callId = bench.ring('patient');
    await on(callId, 'chunk.speaking');
    await bench.run(callId, 'transfer', { target: '+4930200' });
    await on(callId, 'call.parked');
    const parkedAt = bench.heard(callId).length;
    await on(callId, 'call.parked', (event: { with: string }) => event.with === 'colleague');
    // Somebody of ours comes and goes; the caller is with the colleague still.
    await bench.run(callId, 'take-over');
    await bench.run(callId, 'hand-back', { notes: '' });
    await on(callId, 'call.unparked');
    const framesParked = bench.heard(callId).slice(parkedAt);
    await on(callId, 'chunk.spoken', (event: { seq: number }) => event.seq > unparkedSeq(callId));
    await bench.run(callId, 'end-call');
    const meanwhile = between(callId, 'call.parked', 'call.unparked');
    const types = meanwhile.map(({ type }) => type);
    expect(framesParked.length).toBeGreaterThan(100);
    expect(framesParked.some(frame => frame.ai)).toBe(false);
    for (const none of ['turn.committed', 'chunk.speaking', 'chunk.released', 'chunk.queued'] as const)
      expect(types).not.toContain(none);
    expect(types.filter(type => type === 'floor.changed')).toHaveLength(2);
    const bridges = eventsOf(callId).filter(
      event => event.type === 'chunk.drafted' && event.origin === 'bridge',
    );
    expect(bridges).toHaveLength(1);
    expect(bridges[0]?.seq).toBeGreaterThan(unparkedSeq(callId));
  });

  test('[SUP77][HEAR8] a person who takes over during the hold is heard at once, hands the caller back into it, and keeps them when it ends', async () => {
    const me = `human:${SUPERVISOR.userId}`;
    // Their desk is alive all the while.
    const beating = setInterval(() => bench.host.beat(SUPERVISOR), 300);
    const toCaller = (callId: CallId): readonly string[] =>
      (eventsOf(callId).findLast(event => event.type === 'audibility.changed')?.edges ?? [])
        .filter(([, listener]) => listener === 'caller')
        .map(([speaker]) => speaker);
    const callId = bench.ring('patient');
    await on(callId, 'chunk.speaking');
    await bench.run(callId, 'transfer', { target: '+4930200' });
    await on(callId, 'call.parked');
    expect(toCaller(callId)).toEqual(['hold']);
    await bench.run(callId, 'take-over');
    expect(toCaller(callId)).toEqual([me]);
    await bench.run(callId, 'hand-back', { notes: '' });
    expect(toCaller(callId)).toEqual(['hold']);
    await bench.run(callId, 'take-over');
    await on(callId, 'call.parked', (event: { with: string }) => event.with === 'colleague');
    expect(toCaller(callId)).toEqual([me, 'colleague']);
    await on(callId, 'call.unparked');
    expect(toCaller(callId)).toEqual([me]);
    const heldFrames = bench.heard(callId).length;
    await bench.run(callId, 'hand-back', { notes: '' });
    expect(toCaller(callId)).toEqual(['ai']);
    await on(callId, 'chunk.spoken', (event: { seq: number }) => event.seq > unparkedSeq(callId));
    await bench.run(callId, 'end-call');
    clearInterval(beating);
    // From the hold to the hand-back not one frame of the AI, whoever had the call.
    const meanwhile = between(callId, 'call.parked', 'call.unparked').map(({ type }) => type);
    expect(meanwhile).not.toContain('chunk.speaking');
    expect(bench.heard(callId).length).toBeGreaterThan(heldFrames);
  });

  test('[SUP73][SUP77] a hold that ends because nobody was reached gives the AI the caller back, by the matrix', async () => {
    let speaking: Promise<unknown> = Promise.resolve();
    const own = await startCallBench({
      line: callers => {
        const events = callers.events.bind(callers);
        // The line puts the caller on hold, and takes them off again, once the AI speaks.
        callers.events = async function* (signal) {
          for await (const event of events(signal)) {
            yield event;
            if (event.type !== 'call.connected') continue;
            await speaking;
            const { callId } = event;
            yield { type: 'call.parked', callId, with: 'hold', target: '+4930486' };
            yield { type: 'call.unparked', callId, cause: 'not-reached' };
          }
        };
        return { telephony: callers, script: callers, people: { follow: () => null } };
      },
    });
    speaking = own.journal.until(event => event.type === 'chunk.speaking');
    own.ring('patient');
    await own.journal.until(event => event.type === 'call.unparked');
    await own.journal.until(event => event.type === 'chunk.drafted' && event.origin === 'bridge');
    const changes = own.journal.events.flatMap(event =>
      event.type === 'audibility.changed'
        ? [event.edges.filter(([, listener]) => listener === 'caller').map(([speaker]) => speaker)]
        : [],
    );
    expect(changes).toEqual([['hold'], ['ai']]);
    await own.stop();
  });

  test('[SUP70][SUP71] a call that is taken ends as transferred, and says first who asked and what became of it', async () => {
    const callId = bench.ring('patient');
    await on(callId, 'chunk.speaking');
    await bench.run(callId, 'transfer', { target: '+4930111' });
    await expect(bench.run(callId, 'transfer', { target: '+4930112' })).rejects.toMatchObject({
      body: { code: 'command.conflict' },
    });
    await on(callId, 'call.ended');
    const by = { target: '+4930111', by: 'supervisor', userId: SUPERVISOR.userId, userName: SUPERVISOR.name };
    expect(outcomes(callId)).toMatchObject([
      { ...by, outcome: null },
      { ...by, outcome: 'accepted' },
    ]);
    expect(eventsOf(callId).at(-1)).toMatchObject({ type: 'call.ended', reason: 'transferred' });
  });

  test('[SUP74] after a refusal the AI goes on and answers the next turn', async () => {
    const callId = bench.ring('order-status');
    await on(callId, 'call.connected');
    await bench.run(callId, 'transfer', { target: '+4930486' });
    await on(
      callId,
      'call.transfer-requested',
      (event: { outcome: string | null }) => event.outcome === 'refused',
    );
    expect(outcomes(callId)[1]).toMatchObject({ outcome: 'refused', code: 'telephony.transfer-refused' });
    await on(callId, 'turn.committed');
    await on(callId, 'call.ended');
    const types = eventsOf(callId).map(({ type }) => type);
    expect(types).not.toContain('call.parked');
    expect(eventsOf(callId).at(-1)).toMatchObject({ reason: 'caller-hung-up' });
  });
});

const unparkedSeq = (callId: CallId): number =>
  eventsOf(callId).find(event => event.type === 'call.unparked')?.seq ?? Number.POSITIVE_INFINITY;
