import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { TELEPHONY_CONTRACT, type TelephonyHarness } from '#tests/contract/telephony.contract.ts';
import { SABOTAGES, sabotaged, watch, type Sabotage } from '#tests/fakes/saboteur-telephony.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { loadClips } from './clips.ts';
import { loadScenarios } from './load-scenarios.ts';
import { StubTelephonyAdapter } from './stub-telephony-adapter.ts';

const resources = join(import.meta.dirname, '../../../resources/demo');
const scenarios = loadScenarios(join(resources, 'scenarios'));
const clips = loadClips(join(resources, 'audio'));

function stub(seed = 1, maxCalls: number | null = null) {
  const clock = createVirtualClock();
  let ids = 0;
  const adapter = new StubTelephonyAdapter({
    clock,
    seed,
    scenarios,
    clips,
    concurrency: { min: 3, max: 6 },
    maxCalls,
    firstRingMs: 300,
    meanGapMs: 4000,
    newCallId: () => `call-${String(++ids)}` as CallId,
    ringTimeoutMs: 30_000,
  });
  return { clock, adapter };
}

function harness(sabotage: Sabotage | null): TelephonyHarness & { stop(): void } {
  const { clock, adapter } = stub();
  const stop = new AbortController();
  return {
    adapter: sabotaged(adapter, sabotage),
    seen: watch(adapter, sabotage, stop.signal),
    callerDials: () => Promise.resolve(adapter.ringScenario('order-status')),
    callerHangsUp: callId => adapter.hangUp(callId),
    pass: ms => clock.advanceAsync(ms),
    stop: () => stop.abort(),
  };
}

describe('TelephonyAdapter contract: stub', () => {
  test.each(TELEPHONY_CONTRACT)('$title', async ({ run }) => {
    const h = harness(null);
    await run(h);
    h.stop();
  });
});

describe('the contract notices a line that', () => {
  test.each(SABOTAGES)('[TEL1][TEL2][TEL3][TEL4][TEL5][TEL6][TEL7][TEL8] $name', async sabotage => {
    const cases = TELEPHONY_CONTRACT.filter(({ title }) => title.startsWith(`[${sabotage.breaks}]`));
    expect(cases).toHaveLength(1);
    const h = harness(sabotage);
    await expect(cases[0]?.run(h)).rejects.toThrow();
    h.stop();
  });
});

/** Who rang, in order, and what they said, with an AI that answers everything after some time. */
async function runOf(seed: number, answerMs: number): Promise<readonly string[]> {
  const { clock, adapter } = stub(seed, 6);
  const told: string[] = [];
  const stop = new AbortController();
  void (async () => {
    for await (const event of adapter.events(stop.signal)) {
      if (event.type !== 'call.ringing') continue;
      told.push(`${event.callId} ${event.displayName} ${event.scenario ?? ''}`);
      void adapter.answer(event.callId).then(audio => {
        const answer = (): void => {
          audio.heard({ speaker: 'ai', chunkId: 'c', text: 'I will', backchannel: false, ended: null });
          audio.heard({
            speaker: 'ai',
            chunkId: 'c',
            text: 'I will look.',
            backchannel: false,
            ended: 'complete',
          });
          clock.after(answerMs, answer);
        };
        clock.after(answerMs, answer);
      });
    }
  })();
  adapter.start();
  await clock.advanceAsync(240_000);
  stop.abort();
  adapter.stop();
  return told;
}

describe('scripted line', () => {
  test('[TEL20] the same seed gives the same callers in the same order, another seed another order', async () => {
    const first = await runOf(3, 3000);
    expect(first).toHaveLength(6);
    expect(await runOf(3, 3000)).toEqual(first);
    expect((await runOf(3, 3700)).map(line => line.split(' ').slice(1).join(' '))).toEqual(
      first.map(line => line.split(' ').slice(1).join(' ')),
    );
    expect(await runOf(4, 3000)).not.toEqual(first);
  });

  test('[TEL23] words lie on the samples in order, and a cut utterance keeps only what was said', async () => {
    const { clock, adapter } = stub();
    const callId = adapter.ringScenario('order-status');
    const audio = await adapter.answer(callId);
    audio.onFrame(() => undefined);
    await clock.advanceAsync(10_500);
    const whole = adapter.utterances(callId)[0];
    expect(whole?.words.map(word => word.text).join(' ')).toBe(whole?.text);
    const ends = whole?.words.map(word => word.endSample) ?? [];
    expect([...ends].sort((a, b) => a - b)).toEqual(ends);
    await adapter.hangUp(callId);
    const cut = adapter.utterances(callId)[0];
    expect(cut?.words.length).toBeLessThan(whole?.words.length ?? 0);
    expect(cut?.words.every(word => word.endSample <= (cut.endSample ?? 0))).toBe(true);
  });
});
