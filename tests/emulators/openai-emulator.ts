import {
  EmulatorServer,
  type EmulatedRequest,
  type EmulatedSocket,
  type HttpAnswer,
} from './emulator-server.ts';
import { bytesOf, MS_PER_CHAR, tone } from './tone.ts';

export const OPENAI_TONE_HZ = 880;
const RATE_HZ = 24_000;

export interface OpenAiScript {
  /** The answer to a chat or realtime request, in the slices it streams in. `turn` is the last user message. */
  readonly answer: (turn: string) => readonly string[];
  /** What the recogniser hears, one after another, each once enough loud audio has come. */
  readonly transcripts?: readonly string[];
}

/** OpenAI as far as Sidetone uses it: chat completions, speech, embeddings, realtime text and realtime transcription. */
export function startOpenAiEmulator(script: OpenAiScript): Promise<EmulatorServer> {
  return EmulatorServer.start({
    http: request => {
      if (request.path === '/v1/chat/completions') return chat(request, script);
      if (request.path === '/v1/audio/speech') return speech(request);
      if (request.path === '/v1/embeddings') return embeddings(request);
      return null;
    },
    socket: (socket, { path }) => {
      if (path.includes('intent=transcription')) transcription(socket, script.transcripts ?? []);
      else realtime(socket, script);
    },
  });
}

interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

function chat({ body }: EmulatedRequest, { answer }: OpenAiScript): HttpAnswer {
  const { model, messages } = body as ChatBody;
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  const slices = answer(messages.at(-1)?.content ?? '');
  const usage = {
    prompt_tokens: 1200,
    completion_tokens: slices.length,
    total_tokens: 1200 + slices.length,
    prompt_tokens_details: { cached_tokens: 1024 },
  };
  return {
    type: 'text/event-stream',
    pieces: [
      chunk({ role: 'assistant', content: '' }, null),
      ...slices.map(content => chunk({ content }, null)),
      chunk({}, 'stop'),
      `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model, choices: [], usage })}\n\n`,
      'data: [DONE]\n\n',
    ],
  };
}

function speech({ body }: EmulatedRequest): HttpAnswer {
  const { input } = body as { readonly input: string };
  const bytes = bytesOf(tone(OPENAI_TONE_HZ, input.length * MS_PER_CHAR, RATE_HZ));
  // Odd sizes: samples may be torn between two pieces.
  const size = 4801;
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return { type: 'audio/pcm', pieces };
}

/** Numbers that are the same for the same text, as many as were asked for, in the form that was asked for. */
function embeddings({ body }: EmulatedRequest): HttpAnswer {
  const { input, model, dimensions, encoding_format } = body as {
    readonly input: string | readonly string[];
    readonly model: string;
    readonly dimensions?: number;
    readonly encoding_format?: string;
  };
  const data = [input].flat().map((text, index) => {
    const sum = (at: number): number =>
      [...String(text)].reduce((total, char) => total + (char.codePointAt(0) ?? 0) * (at + 1), at);
    const vector = Float32Array.from({ length: dimensions ?? 8 }, (_, at) => Math.sin(sum(at)));
    const embedding =
      encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const usage = { prompt_tokens: 8, total_tokens: 8 };
  return { type: 'application/json', pieces: [JSON.stringify({ object: 'list', data, model, usage })] };
}

interface ResponseCreate {
  readonly metadata?: Record<string, string>;
  readonly input?: readonly { readonly content: readonly { readonly text: string }[] }[];
}

function realtime(socket: EmulatedSocket, { answer }: OpenAiScript): void {
  socket.send({ type: 'session.created', event_id: 'e0', session: { type: 'realtime' } });
  let count = 0;
  const cancelled = new Set<string>();
  socket.onJson(message => {
    if (message['type'] === 'session.update')
      socket.send({ type: 'session.updated', event_id: 'e1', session: message['session'] });
    if (message['type'] === 'response.cancel') cancelled.add(String(message['response_id']));
    if (message['type'] !== 'response.create') return;
    const { metadata, input } = message['response'] as ResponseCreate;
    const id = `resp_${String(++count)}`;
    const item = { id: `item_${String(count)}`, type: 'message', role: 'assistant', content: [] };
    const of = { response_id: id, item_id: item.id, output_index: 0, content_index: 0 };
    socket.send({ type: 'response.created', response: { id, status: 'in_progress', metadata } });
    socket.send({ type: 'response.output_item.added', response_id: id, output_index: 0, item });
    socket.send({ type: 'response.content_part.added', ...of, part: { type: 'text', text: '' } });
    const slices = answer(input?.at(-1)?.content[0]?.text ?? '');
    for (const delta of slices) {
      if (socket.fault === 'reordered')
        socket.send({
          type: 'response.output_text.delta',
          ...of,
          response_id: 'resp_of_yesterday',
          delta: 'WRONG ',
        });
      socket.send({ type: 'response.output_text.delta', ...of, delta });
    }
    socket.send({ type: 'response.output_text.done', ...of, text: slices.join('') });
    const usage = {
      total_tokens: 1300,
      input_tokens: 1200,
      output_tokens: 100,
      input_token_details: { cached_tokens: 1024 },
    };
    socket.send({
      type: 'response.done',
      response: { id, status: 'completed', metadata, output: [item], usage },
    });
    if (socket.fault === 'reordered')
      socket.send({ type: 'response.output_text.delta', ...of, delta: 'TOO LATE' });
  });
}

/** Loud audio after which the next transcript is told. */
const UTTERANCE_MS = 500;

function transcription(socket: EmulatedSocket, transcripts: readonly string[]): void {
  let loudMs = 0;
  let told = 0;
  socket.onJson(message => {
    if (message['type'] === 'session.update')
      socket.send({ type: 'session.updated', event_id: 'e1', session: message['session'] });
    if (message['type'] !== 'input_audio_buffer.append') return;
    const bytes = Buffer.from(String(message['audio']), 'base64');
    for (let at = 0; at + 1 < bytes.length; at += 48) if (Math.abs(bytes.readInt16LE(at)) > 500) loudMs += 1;
    const transcript = transcripts[told];
    if (loudMs < UTTERANCE_MS || transcript === undefined) return;
    loudMs = 0;
    told += 1;
    const of = { item_id: `item_${String(told)}`, content_index: 0 };
    socket.send({ type: 'input_audio_buffer.speech_started', ...of, audio_start_ms: 0 });
    const [first = ''] = transcript.split(' ');
    socket.send({ type: 'conversation.item.input_audio_transcription.delta', ...of, delta: first });
    socket.send({ type: 'input_audio_buffer.speech_stopped', ...of, audio_end_ms: 500 });
    socket.send({
      type: 'conversation.item.input_audio_transcription.completed',
      ...of,
      transcript,
      usage: { type: 'duration', seconds: 1 },
    });
  });
}
