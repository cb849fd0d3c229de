// Runs in a thread of its own; see provider-thread.ts.
import { parentPort } from 'node:worker_threads';
import { initializeLogger } from '@livekit/agents';
import { openListening, type Listening } from './thread-listening.ts';
import { LATE, speak } from './thread-speaking.ts';
import type { FromThread, ToThread } from './provider-thread-messages.ts';
import { asProviderError, type ProviderErrorCode } from './provider-error.ts';

// The plugins log what was said; what failed is told as a code.
initializeLogger({ pretty: false, level: 'silent' });

const post = (message: FromThread): void => {
  parentPort?.postMessage(message, message.op === 'sound' ? [message.samples.buffer] : []);
};
/** Name and code only: messages of clients quote addresses, texts and keys. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`;
};
// What nobody caught has already failed its own line, or will by its deadline. Nothing else lives here.
process.on('uncaughtException', error => post({ id: 0, op: 'contained', what: describe(error) }));
process.on('unhandledRejection', error => post({ id: 0, op: 'contained', what: describe(error) }));

const listening = new Map<number, Listening>();
const speaking = new Map<number, AbortController>();

const failed = (id: number, error: unknown): void =>
  post({ id, op: 'failed', code: asProviderError(error).body.code as ProviderErrorCode });

parentPort?.on('message', (message: ToThread) => {
  const { id } = message;
  switch (message.op) {
    case 'listen': {
      let line: Listening;
      try {
        line = openListening(message, speech => post({ id, op: 'heard', speech }));
      } catch (error) {
        failed(id, error);
        return;
      }
      listening.set(id, line);
      line.over
        .then(
          () => post({ id, op: 'over' }),
          (error: unknown) => failed(id, error),
        )
        .finally(() => listening.delete(id));
      return;
    }
    case 'speak': {
      const abort = new AbortController();
      speaking.set(id, abort);
      speak(message, (samples, words) => post({ id, op: 'sound', samples, words }), abort.signal)
        .then(
          () => post({ id, op: 'over' }),
          (error: unknown) => failed(id, error),
        )
        .finally(() => speaking.delete(id));
      return;
    }
    case 'audio':
      listening.get(id)?.push(message.samples);
      return;
    case 'flush':
      listening.get(id)?.flush();
      return;
    case 'end':
      listening.get(id)?.end();
      return;
    case 'close':
      listening.get(id)?.close();
      speaking.get(id)?.abort(message.late ? LATE : 'closed');
      return;
  }
});
post({ id: 0, op: 'ready' });
