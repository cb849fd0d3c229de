import { EmulatorServer, type EmulatedSocket } from './emulator-server.ts';
import { bytesOf, MS_PER_CHAR, tone } from './tone.ts';

export const ELEVENLABS_TONE_HZ = 660;
const RATE_HZ = 16_000;
/** Characters per audio message. */
const PIECE_CHARS = 8;

interface Context {
  text: string;
  spoken: number;
}

/** ElevenLabs' multi-context stream as far as the plugin uses it: texts of several contexts in, tones with alignment out. */
export function startElevenLabsEmulator(): Promise<EmulatorServer> {
  return EmulatorServer.start({ socket: speak });
}

function speak(socket: EmulatedSocket): void {
  const contexts = new Map<string, Context>();
  socket.onJson(message => {
    const contextId = typeof message['context_id'] === 'string' ? message['context_id'] : '';
    if (contextId === '') return;
    const context = contexts.get(contextId) ?? { text: '', spoken: 0 };
    contexts.set(contextId, context);
    if (typeof message['text'] === 'string' && message['text'].trim() !== '') context.text += message['text'];
    if (message['close_context'] === true) {
      flush(socket, contextId, context);
      socket.send({ contextId, isFinal: true });
      contexts.delete(contextId);
    } else if (message['flush'] === true) flush(socket, contextId, context);
  });
}

function flush(socket: EmulatedSocket, contextId: string, context: Context): void {
  const rest = context.text.slice(context.spoken);
  for (let at = 0; at < rest.length; at += PIECE_CHARS) {
    const chars = [...rest.slice(at, at + PIECE_CHARS)];
    const start = (context.spoken + at) * MS_PER_CHAR;
    const alignment = {
      chars,
      charStartTimesMs: chars.map((_, index) => start + index * MS_PER_CHAR),
      charDurationsMs: chars.map(() => MS_PER_CHAR),
    };
    if (socket.fault === 'reordered')
      socket.send({ contextId: 'of-yesterday', audio: bytesOf(tone(200, 40, RATE_HZ)).toString('base64') });
    socket.send({
      contextId,
      audio: bytesOf(tone(ELEVENLABS_TONE_HZ, chars.length * MS_PER_CHAR, RATE_HZ)).toString('base64'),
      alignment,
      normalizedAlignment: alignment,
    });
  }
  context.spoken = context.text.length;
}
