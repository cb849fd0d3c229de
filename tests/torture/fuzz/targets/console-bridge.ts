import { SocketBridge } from '#renderer/bridge/socket-bridge.ts';
import type { BridgeSocket } from '#renderer/bridge/bridge-host.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { jsonOf, textOf } from '../inputs.ts';

/** What the desk sends to the console: a message that is not understood changes nothing, and the next one is taken. */
export const consoleBridgeTarget: FuzzTarget = {
  name: 'console-bridge',
  seeds: [
    { kind: 'answer', id: '2', answer: { ok: true, value: { calls: [] } } },
    {
      kind: 'notice',
      name: 'link-changed',
      notice: { name: 'live', latencyMs: 1, workerId: 'w', brain: 'b', voice: 'v' },
    },
    {
      kind: 'stream',
      id: '1',
      message: { type: 'batch', entries: [{ position: 0, event: eventOf('c', 0, RINGING) }], notices: [] },
    },
    { kind: 'closed', id: '9' },
  ],
  open() {
    const socket: BridgeSocket = {
      readyState: 1,
      bufferedAmount: 0,
      onopen: null,
      onmessage: null,
      onclose: null,
      send: () => undefined,
      close: () => undefined,
    };
    const bridge = new SocketBridge({ connect: () => socket, after: () => () => undefined, now: () => 0 });
    let positions: number[] = [];
    const openFloor = (): void =>
      void bridge.open(
        'floor',
        {},
        {
          onMessage: message =>
            void (positions = [
              ...positions,
              message.type === 'batch' ? message.entries.length : message.calls.length,
            ]),
          onClose: () => undefined,
        },
      );
    openFloor();
    const receive = (data: string): void => void socket.onmessage?.({ data } as MessageEvent<unknown>);
    const quietly = console.error;
    console.error = () => undefined; // the bridge says there what it could not read
    return Promise.resolve({
      feed(input) {
        positions = [];
        receive(textOf(input));
        return positions.length > 0 ? 'ok' : 'ignored';
      },
      good() {
        // A stream that was closed by the input is opened again, as the console does it.
        for (const id of ['1', '2', '3']) {
          positions = [];
          receive(jsonOf({ kind: 'stream', id, message: { type: 'batch', entries: [], notices: [] } }));
          if (positions.length === 1) return;
          openFloor();
        }
        throw new Error('a good message is not taken any more');
      },
      close: () => void (console.error = quietly),
    });
  },
};
