import { stt } from '@livekit/agents';
import type { ReplyModel, ReplyPart, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { SpokenAudio, VoiceEngine } from '#shared/adapters/voice-engine.ts';

/** Ways in which a brain can break its contract, and the words of the rule that must notice it. */
export const REPLY_SABOTAGES: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly model: (honest: ReplyModel) => ReplyModel;
}[] = [
  {
    name: 'speaks its markers',
    breaks: 'without markers',
    model: honest => mapped(honest, part => ({ ...part, text: `${part.text}[p1] ` })),
  },
  {
    name: 'invents a source',
    breaks: 'cites only what it was given',
    model: honest =>
      mapped(honest, part => ({
        ...part,
        citations: [{ kind: 'document', sourceId: 'made-up', title: 'x', quote: 'x', span: [0, 1] }],
      })),
  },
  {
    name: 'goes on after an abort',
    breaks: 'an abort ends the answer',
    model: honest => ({
      name: 'deaf',
      reply: request => honest.reply(request, new AbortController().signal),
    }),
  },
  {
    name: 'fails with what it was asked',
    breaks: 'a failure is an error of ours',
    model: () => ({
      name: 'talkative',
      // eslint-disable-next-line require-yield
      async *reply({ callerText }: ReplyRequest) {
        throw new Error(`cannot answer ${callerText}`);
      },
    }),
  },
  {
    name: 'answers only once',
    breaks: 'answers again after an abort',
    model: honest => {
      let used = false;
      return {
        name: 'once',
        async *reply(request, signal) {
          if (used) return;
          used = true;
          yield* honest.reply(request, signal);
        },
      };
    },
  },
];

function mapped(honest: ReplyModel, change: (part: ReplyPart) => ReplyPart): ReplyModel {
  return {
    name: 'saboteur',
    async *reply(request, signal) {
      for await (const part of honest.reply(request, signal)) yield change(part);
    },
  };
}

export const VOICE_SABOTAGES: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly voice: (honest: VoiceEngine) => VoiceEngine;
}[] = [
  {
    name: 'speaks at another rate',
    breaks: 'speaks at 16 kHz',
    voice: honest =>
      spoken(honest, audio => ({ ...audio, samples: audio.samples.filter((_, index) => index % 8 === 0) })),
  },
  {
    name: 'has marks beyond its audio',
    breaks: 'marks rise',
    voice: honest =>
      spoken(honest, audio => ({
        ...audio,
        marks: audio.marks.map(mark => ({ ...mark, sample: mark.sample + 1_000_000 })),
      })),
  },
  {
    name: 'speaks nothing at all',
    breaks: 'refuses empty',
    voice: () => ({ name: 'mute', synthesise: async () => ({ samples: new Int16Array(9), marks: [] }) }),
  },
  {
    name: 'does not hear an abort',
    breaks: 'an abort rejects',
    voice: honest => ({
      name: 'deaf',
      synthesise: (text, role) => honest.synthesise(text, role, new AbortController().signal),
    }),
  },
  {
    name: 'speaks differently each time',
    breaks: 'the same samples',
    voice: honest => {
      let count = 0;
      return spoken(honest, audio => ({ ...audio, samples: audio.samples.slice(++count) }));
    },
  },
];

function spoken(honest: VoiceEngine, change: (audio: SpokenAudio) => SpokenAudio): VoiceEngine {
  return {
    name: 'saboteur',
    synthesise: async (text, role, signal) => change(await honest.synthesise(text, role, signal)),
  };
}

export const STT_SABOTAGES: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly wrap: (honest: stt.STT) => stt.STT;
}[] = [
  {
    name: 'tells a final twice',
    breaks: 'once each and in order',
    wrap: honest =>
      heard(honest, event =>
        event.type === stt.SpeechEventType.FINAL_TRANSCRIPT ? [event, event] : [event],
      ),
  },
  {
    name: 'has no interim words',
    breaks: 'words come before the final',
    wrap: honest =>
      heard(honest, event => (event.type === stt.SpeechEventType.INTERIM_TRANSCRIPT ? [] : [event])),
  },
  {
    name: 'hears voices',
    breaks: 'nothing is heard where nothing was said',
    wrap: honest => heard(honest, event => [event], 'Thank you for watching.'),
  },
];

/** The honest recogniser with its events changed, and with words of its own at the end. */
function heard(
  honest: stt.STT,
  change: (event: stt.SpeechEvent) => readonly stt.SpeechEvent[],
  madeUp: string | null = null,
): stt.STT {
  const open = honest.stream.bind(honest);
  honest.stream = () => {
    const stream = open();
    const waiting: stt.SpeechEvent[] = [];
    let over = false;
    const next = stream.next.bind(stream);
    stream.next = async () => {
      for (;;) {
        const event = waiting.shift();
        if (event) return { done: false, value: event };
        if (over) return { done: true, value: undefined };
        const result = await next();
        if (!result.done) waiting.push(...change(result.value));
        else {
          over = true;
          if (madeUp !== null) {
            const language = 'en' as stt.SpeechData['language'];
            const alternative = { text: madeUp, language, startTime: 0, endTime: 0, confidence: 1 };
            waiting.push({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [alternative] });
          }
        }
      }
    };
    return stream;
  };
  return honest;
}
