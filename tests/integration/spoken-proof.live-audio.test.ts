import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventOf, CallEventType } from '#shared/events/call-event.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import { peak } from '#worker/media/loopback/mix.ts';
import { startCallBench, SUPERVISOR, type CallBench } from './call-bench.ts';

let bench: CallBench;
beforeAll(async () => {
  bench = await startCallBench({ holdBackMs: 300 });
});
afterAll(() => bench.stop());

const eventsOf = (callId: CallId): readonly CallEvent[] =>
  bench.journal.events.filter(event => event.conversationId === callId);
async function on<Type extends CallEventType>(
  callId: CallId,
  type: Type,
  fits: (event: CallEventOf<Type>) => boolean = () => true,
): Promise<CallEventOf<Type>> {
  const found = await bench.journal.until(
    event => event.conversationId === callId && event.type === type && fits(event as CallEventOf<Type>),
  );
  return found as CallEventOf<Type>;
}

describe.concurrent('what real calls said', { timeout: 150_000 }, () => {
  test('[MED43][MED45] a call that is cut twice passes the auditor, and its ledger holds every AI frame of the line', async () => {
    const callId = bench.ring('interrupts-twice');
    await on(callId, 'call.ended');
    const proof = verifySpoken(eventsOf(callId));
    expect(proof.faults).toEqual([]);
    const frames = bench.heard(callId).filter(frame => frame.ai).length;
    expect(proof.audibleSamples).toBe(frames * 320);
    expect(proof.chunksHeard).toBeGreaterThan(3);
  });

  test('[GATE70][GATE72] a refused promise that a supervisor releases is heard, and no rephrase after it', async () => {
    const callId = bench.ring('angry-refund');
    const refused = await on(callId, 'chunk.vetoed');
    expect(refused.overridable).toBe(true);
    // It may have been drafted before the turn was over; until then it is nobody's answer.
    await on(callId, 'turn.committed', event => event.turnId === refused.turnId);
    await bench.run(callId, 'release-chunk', { chunkId: refused.chunkId, reason: 'manager-approved' });
    const drafted = eventsOf(callId).find(
      event => event.type === 'chunk.drafted' && event.overrules === refused.chunkId,
    ) as CallEventOf<'chunk.drafted'>;
    await bench.journal.until(event => event.type === 'chunk.spoken' && event.chunkId === drafted.chunkId);
    await on(callId, 'call.ended');
    const log = eventsOf(callId);
    expect(log).toContainEqual(
      expect.objectContaining({ type: 'chunk.overruled', userId: SUPERVISOR.userId }),
    );
    const rephrased = log.filter(
      event =>
        event.type === 'chunk.drafted' && event.origin === 'rephrase' && event.turnId === refused.turnId,
    );
    const spoken = new Set(log.flatMap(event => (event.type === 'chunk.speaking' ? [event.chunkId] : [])));
    expect(rephrased.filter(event => 'chunkId' in event && spoken.has(event.chunkId))).toEqual([]);
    expect(verifySpoken(log).faults).toEqual([]);
  });

  test('[HUSH3][HUSH5] while a card number is said a listener hears nothing and no word is written down', async () => {
    const callId = bench.ring('card-number');
    await on(callId, 'call.connected');
    await bench.run(callId, 'listen');
    const heard: { readonly sample: number; readonly level: number }[] = [];
    bench.media.listen(
      callId,
      SUPERVISOR.userId,
      ({ sampleIndex, samples }) => heard.push({ sample: sampleIndex, level: peak(samples) }),
      () => undefined,
    );
    await on(callId, 'hush.ended');
    await on(callId, 'call.ended');
    const log = eventsOf(callId);
    const started = log.find(event => event.type === 'hush.started');
    const ended = log.find(event => event.type === 'hush.ended');
    const during = heard.filter(
      ({ sample }) => sample >= (started?.sample ?? 0) && sample < (ended?.sample ?? 0),
    );
    expect(during.length).toBeGreaterThan(50);
    expect(Math.max(...during.map(({ level }) => level))).toBe(0);
    expect(heard.some(({ level }) => level > 0.05)).toBe(true);
    const hushed = log.filter(event => event.type === 'transcript.final' && event.redactionCount > 0);
    expect(hushed.length).toBeGreaterThan(0);
    for (const event of hushed) expect(event).toMatchObject({ text: '[not recorded: card data]' });
    expect(verifySpoken(log).faults).toEqual([]);
  });
});
