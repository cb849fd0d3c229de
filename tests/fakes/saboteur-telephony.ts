import type { CallAudio, TelephonyAdapter, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';

/** One way in which a line can break the contract, and the rule that must notice it. */
export interface Sabotage {
  readonly name: string;
  readonly breaks: string;
  event?(event: TelephonyEvent): readonly TelephonyEvent[];
  audio?(audio: CallAudio): CallAudio;
  adapter?(adapter: TelephonyAdapter): Partial<TelephonyAdapter>;
}

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'connects before it rings',
    breaks: 'TEL1',
    event: event =>
      event.type === 'call.ringing' ? [{ type: 'call.connected', callId: event.callId }, event] : [event],
  },
  {
    name: 'never says that it connected',
    breaks: 'TEL2',
    event: event => (event.type === 'call.connected' ? [] : [event]),
  },
  {
    name: 'ends twice',
    breaks: 'TEL3',
    event: event => (event.type === 'call.ended' ? [event, event] : [event]),
  },
  {
    name: 'forgets ended calls',
    breaks: 'TEL4',
    adapter: adapter => {
      const ended = new Set<CallId>();
      return {
        hangUp: async callId => {
          if (ended.has(callId)) throw new Error('what call?');
          ended.add(callId);
          await adapter.hangUp(callId);
        },
      };
    },
  },
  {
    name: 'uses one buffer for all frames',
    breaks: 'TEL5',
    audio: audio => {
      const shared = new Int16Array(320);
      return {
        ...audio,
        onFrame: listener =>
          audio.onFrame(frame => (shared.set(frame.samples), listener({ ...frame, samples: shared }))),
      };
    },
  },
  {
    name: 'loses every fifth frame',
    breaks: 'TEL5',
    audio: audio => {
      let count = 0;
      return {
        ...audio,
        onFrame: listener => audio.onFrame(frame => ((count += 1) % 5 === 0 ? undefined : listener(frame))),
      };
    },
  },
  {
    name: 'sends any key to any call',
    breaks: 'TEL7',
    adapter: () => ({ sendDtmf: () => Promise.resolve() }),
  },
  {
    name: 'hangs up when a transfer is refused',
    breaks: 'TEL8',
    adapter: adapter => ({
      transfer: async (callId, target) => (await adapter.hangUp(callId), adapter.transfer(callId, target)),
    }),
  },
];

/** The adapter as the saboteur leaves it; without one it is the adapter. Events go through `sabotage.event` where they are read. */
export function sabotaged(adapter: TelephonyAdapter, sabotage: Sabotage | null): TelephonyAdapter {
  return {
    provider: adapter.provider,
    events: signal => adapter.events(signal),
    answer: async callId => {
      const audio = await adapter.answer(callId);
      return sabotage?.audio?.(audio) ?? audio;
    },
    hangUp: callId => adapter.hangUp(callId),
    sendDtmf: (callId, digits) => adapter.sendDtmf(callId, digits),
    transfer: (callId, target) => adapter.transfer(callId, target),
    ...sabotage?.adapter?.(adapter),
  };
}

/** Collects what the adapter tells until `signal` aborts. */
export function watch(
  adapter: TelephonyAdapter,
  sabotage: Sabotage | null,
  signal: AbortSignal,
): readonly TelephonyEvent[] {
  const seen: TelephonyEvent[] = [];
  void (async () => {
    for await (const event of adapter.events(signal)) seen.push(...(sabotage?.event?.(event) ?? [event]));
  })();
  return seen;
}
