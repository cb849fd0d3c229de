import { expect } from 'vitest';
import type {
  CallAudio,
  CallerFrame,
  TelephonyAdapter,
  TelephonyEvent,
} from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';

/** What the contract needs besides the adapter: a caller, and time. */
export interface TelephonyHarness {
  readonly adapter: TelephonyAdapter;
  /** Everything the line has told so far, in order. */
  readonly seen: readonly TelephonyEvent[];
  /** Resolves once the call has rung. */
  callerDials(): Promise<CallId>;
  callerHangsUp(callId: CallId): Promise<void>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
}

export interface ContractCase {
  readonly title: string;
  run(harness: TelephonyHarness): Promise<void>;
}

/** Every rule of a phone line, as data, so that a saboteur can be run against each of them too. */
export const TELEPHONY_CONTRACT: readonly ContractCase[] = [
  {
    title: '[TEL1] a call rings, then connects, and nothing comes before the ring',
    run: async h => {
      const callId = await h.callerDials();
      await h.pass(100);
      await h.adapter.answer(callId);
      await h.pass(40);
      const types = of(h, callId)
        .map(event => event.type)
        .filter(type => type !== 'call.early-media');
      expect(types.slice(0, 2)).toEqual(['call.ringing', 'call.connected']);
    },
  },
  {
    title: '[TEL2] answering resolves with the call connected, and only once',
    run: async h => {
      const callId = await h.callerDials();
      await h.adapter.answer(callId);
      await h.pass(20);
      expect(of(h, callId).map(event => event.type)).toContain('call.connected');
      await expect(h.adapter.answer(callId)).rejects.toMatchObject({ body: { code: 'telephony.refused' } });
    },
  },
  {
    title: '[TEL3] a call ends exactly once, whoever hangs up first, and nothing follows',
    run: async h => {
      const callId = await h.callerDials();
      await h.adapter.answer(callId);
      await h.pass(60);
      await Promise.all([h.callerHangsUp(callId), h.adapter.hangUp(callId)]);
      await h.pass(5000);
      const types = of(h, callId).map(event => event.type);
      expect(types.filter(type => type === 'call.ended' || type === 'call.failed')).toHaveLength(1);
      expect(types.at(-1)).toBe('call.ended');
    },
  },
  {
    title: '[TEL4] hanging up an ended call is nothing, an unknown one is an error',
    run: async h => {
      const callId = await h.callerDials();
      await h.adapter.answer(callId);
      await h.adapter.hangUp(callId);
      await expect(h.adapter.hangUp(callId)).resolves.toBeUndefined();
      await expect(h.adapter.hangUp('never' as CallId)).rejects.toMatchObject({
        body: { code: 'telephony.unknown-call' },
      });
    },
  },
  {
    title: '[TEL5] frames have 320 samples, follow one another without gap, and own their buffers',
    run: async h => {
      const frames = await listen(h, 400);
      expect(frames.length).toBeGreaterThan(10);
      frames.forEach((frame, index) => {
        expect(frame.samples).toHaveLength(320);
        if (index > 0) expect(frame.sampleOffset).toBe((frames[index - 1]?.sampleOffset ?? 0) + 320);
      });
      expect(new Set(frames.map(frame => frame.samples.buffer)).size).toBe(frames.length);
    },
  },
  {
    title: '[TEL6] after the end no frame comes, and playing is ignored',
    run: async h => {
      const callId = await h.callerDials();
      const audio = await h.adapter.answer(callId);
      let frames = 0;
      audio.onFrame(() => (frames += 1));
      await h.pass(100);
      await h.adapter.hangUp(callId);
      const before = frames;
      await h.pass(200);
      expect(frames).toBe(before);
      expect(() => audio.play(new Int16Array(320))).not.toThrow();
    },
  },
  {
    title: '[TEL7] keys go to connected calls only, and only keys there are',
    run: async h => {
      const callId = await h.callerDials();
      await expect(h.adapter.sendDtmf(callId, '1')).rejects.toMatchObject({
        body: { code: 'telephony.refused' },
      });
      await h.adapter.answer(callId);
      await expect(h.adapter.sendDtmf(callId, '12#')).resolves.toBeUndefined();
      await expect(h.adapter.sendDtmf(callId, 'x')).rejects.toMatchObject({
        body: { code: 'telephony.refused' },
      });
    },
  },
  {
    title: '[TEL8] a refused transfer leaves the call as it was',
    run: async h => {
      const callId = await h.callerDials();
      await h.adapter.answer(callId);
      await expect(h.adapter.transfer(callId, 'nobody')).rejects.toMatchObject({
        body: { code: 'telephony.transfer-refused' },
      });
      await h.pass(40);
      expect(of(h, callId).some(event => event.type === 'call.ended')).toBe(false);
    },
  },
];

function of(harness: TelephonyHarness, callId: CallId): readonly TelephonyEvent[] {
  return harness.seen.filter(event => event.callId === callId);
}

async function listen(harness: TelephonyHarness, forMs: number): Promise<readonly CallerFrame[]> {
  const callId = await harness.callerDials();
  const audio: CallAudio = await harness.adapter.answer(callId);
  const frames: CallerFrame[] = [];
  audio.onFrame(frame => frames.push(frame));
  await harness.pass(forMs);
  return frames;
}
