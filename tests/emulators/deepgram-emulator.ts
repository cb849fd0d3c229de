import { EmulatorServer, type EmulatedSocket } from './emulator-server.ts';

/** One utterance: told as interim and final once this much audio has come, counted over all connections. */
export interface HeardUtterance {
  readonly text: string;
  readonly afterMs: number;
}

/**
 * Deepgram's live API as far as the plugin uses it: `/v1/listen`, binary linear PCM in, `SpeechStarted`, `Results` and
 * `UtteranceEnd` out. The plugin leaves silence out, so audio is counted, not the frames.
 */
export function startDeepgramEmulator(utterances: readonly HeardUtterance[]): Promise<EmulatorServer> {
  let heardMs = 0;
  let told = 0;
  const listen = (socket: EmulatedSocket): void => {
    const tell = (): void => {
      for (;;) {
        const utterance = utterances[told];
        if (!utterance || heardMs < utterance.afterMs) return;
        told += 1;
        say(socket, utterance.text, utterance.afterMs / 1000);
      }
    };
    socket.onBytes(bytes => {
      heardMs += bytes.length / 32;
      tell();
    });
    socket.onJson(message => {
      if (message['type'] !== 'CloseStream') return;
      socket.send({ type: 'Metadata', request_id: 'r1', duration: heardMs / 1000, channels: 1 });
      socket.close();
    });
  };
  return EmulatorServer.start({ socket: listen });
}

function say(socket: EmulatedSocket, text: string, startInS: number): void {
  const words = text.split(' ');
  const results = (count: number, isFinal: boolean, speechFinal: boolean): object => ({
    type: 'Results',
    channel_index: [0, 1],
    duration: 1,
    start: startInS,
    is_final: isFinal,
    speech_final: speechFinal,
    channel: {
      alternatives: [
        {
          transcript: words.slice(0, count).join(' '),
          confidence: 0.98,
          words: words.slice(0, count).map((word, index) => ({
            word: word.toLowerCase().replace(/\W/gu, ''),
            punctuated_word: word,
            start: startInS + index * 0.3,
            end: startInS + index * 0.3 + 0.28,
            confidence: 0.98,
          })),
        },
      ],
    },
    metadata: { request_id: 'r1', model_info: { name: 'emulated', version: '1', arch: 'emulated' } },
  });
  socket.send({ type: 'SpeechStarted', channel: [0, 1], timestamp: startInS });
  if (socket.fault === 'reordered') {
    // The final overtakes its interim, and the end of the utterance comes twice.
    socket.send(results(words.length, true, true));
    socket.send(results(Math.ceil(words.length / 2), false, false));
    socket.send({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: startInS + 1 });
    socket.send({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: startInS + 1 });
    return;
  }
  socket.send(results(Math.ceil(words.length / 2), false, false));
  socket.send(results(words.length, true, true));
  socket.send({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: startInS + words.length * 0.3 });
}
