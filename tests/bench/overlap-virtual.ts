import { seededRandom } from '#shared/base/random.ts';
import { FRAME_MS } from '#shared/domain/audio-format.ts';
import { sameWords } from '#worker/lanes/reasoned/same-words.ts';
import { DEFAULT_OVERLAP } from '#worker/lanes/reasoned/speculation-machine.ts';
import { DEFAULT_DETECTOR } from '#worker/turns/speech-detector.ts';
import { overlapBench } from '#tests/fakes/overlap-bench.ts';
import {
  CORRECTION_PAUSE_FRAMES,
  questionOf,
  scriptOf,
  WORD_FRAMES,
  type ComponentModel,
  type Script,
} from './overlap-caller.ts';

export interface VirtualRun {
  readonly firstAudioMs: readonly number[];
  readonly floorMs: readonly number[];
  readonly wasted: number;
  readonly staleFrames: number;
}

interface Happening {
  readonly atMs: number;
  readonly do: () => void;
}

/**
 * The same turns on a clock that only moves when nothing is left to do, so that a busy machine cannot be seen in the figures:
 * the real gate, lane, speculation, voice path and belt; LiveKit's session is replaced by its end-of-turn wait.
 */
export async function runVirtual(
  model: ComponentModel,
  turns: number,
  overlap: boolean,
): Promise<VirtualRun> {
  const random = seededRandom(1);
  const firstAudioMs: number[] = [];
  const floorMs: number[] = [];
  let wasted = 0;
  let staleFrames = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const script = scriptOf(random, model);
    const heard = await playTurn(script, model, overlap);
    const { interimMs, modelMs, voiceMs } = script.draw;
    firstAudioMs.push(heard.firstAudioMs);
    floorMs.push(Math.max(model.endpointMs, interimMs + modelMs + voiceMs));
    wasted += heard.wasted;
    staleFrames += heard.staleFrames;
  }
  return { firstAudioMs, floorMs, wasted, staleFrames };
}

async function playTurn(
  script: Script,
  model: ComponentModel,
  overlap: boolean,
): Promise<{ readonly firstAudioMs: number; readonly wasted: number; readonly staleFrames: number }> {
  const { draw, pieces } = script;
  const bench = overlapBench({
    modelMs: draw.modelMs,
    voiceMs: draw.voiceMs,
    overlap: overlap ? DEFAULT_OVERLAP : null,
  });
  const happenings: Happening[] = [];
  const at = (atMs: number, task: () => void): void => void happenings.push({ atMs, do: task });
  let endMs = 100;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) endMs += CORRECTION_PAUSE_FRAMES * FRAME_MS;
    at(endMs + DEFAULT_DETECTOR.confirmMs, bench.resume);
    for (const [count] of piece.entries()) {
      endMs += WORD_FRAMES * FRAME_MS;
      const text = piece.slice(0, count + 1).join(' ');
      at(endMs + draw.interimMs, () => bench.say(text, 'interim'));
    }
    at(endMs + draw.finalMs, () => bench.say(piece.join(' '), 'final'));
    at(endMs + DEFAULT_DETECTOR.pauseMs, bench.pause);
  }
  at(Math.max(endMs + model.endpointMs, endMs + draw.finalMs) + 0.001, () => bench.commit());
  happenings.sort((a, b) => a.atMs - b.atMs);
  for (const { atMs, do: happen } of happenings) {
    await bench.clock.advanceAsync(Math.max(0, atMs - bench.clock.mono()));
    happen();
  }
  await bench.clock.advanceAsync(draw.modelMs + draw.voiceMs + 200);
  const asked = questionOf(script);
  const first = bench.heard[0];
  return {
    firstAudioMs: first ? first.atMs - endMs : Number.POSITIVE_INFINITY,
    wasted: bench.of('speculation.ended').filter(event => event.outcome === 'discarded').length,
    staleFrames: bench.heard.filter(({ text }) => !sameWords(/\[(.*?)\]/u.exec(text)?.[1] ?? '', asked))
      .length,
  };
}
