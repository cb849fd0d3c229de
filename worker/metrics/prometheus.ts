import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HostFigure } from './host-figures.ts';
import { addHostMetrics } from './host-metrics.ts';
import type { Observation } from './observations.ts';

/** Bounds of what a caller waits for: fine around a conversation's pace, coarse beyond patience. */
const WAIT_S = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10];
/** Bounds of what has to be quicker than it can be heard. */
const QUICK_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 1];

const MOS = [1.5, 2, 2.5, 3, 3.25, 3.5, 3.8, 4, 4.1, 4.2, 4.3, 4.4];
const LOSS_RATIO = [0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5];

/** The figures of this process in a registry of its own. Names and units: `docs/how-to/observability.md`. */
export interface Prometheus {
  count(observation: Observation): void;
  /** As Prometheus reads it. */
  text(): Promise<string>;
  readonly contentType: string;
}

export interface PrometheusSources {
  /** Calls that are running now, by the host that has them; read when somebody asks. */
  readonly openCalls: () => Readonly<Record<string, number>>;
  readonly hosts: () => readonly HostFigure[];
}

export function createPrometheus({ openCalls, hosts }: PrometheusSources): Prometheus {
  const register = new Registry();
  collectDefaultMetrics({ register });
  addHostMetrics(register, hosts);
  const registers = [register];
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name: `sidetone_${name}`, help, buckets, labelNames, registers });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `sidetone_${name}`, help, labelNames, registers });

  const setup = histogram('call_setup_seconds', 'Ringing to answered.', WAIT_S);
  const ended = counter('calls_ended_total', 'Calls that have ended.', ['outcome', 'reason']);
  const stages = histogram('stage_seconds', 'Where the time of a turn goes.', WAIT_S, ['stage']);
  const turns = histogram('turn_seconds', 'True end of speech to the first sound of the answer.', WAIT_S);
  const firstAudio = histogram(
    'first_audio_seconds',
    'True end of speech to the first sound of the AI, an acknowledgement included.',
    WAIT_S,
  );
  const bargeInStop = histogram(
    'barge_in_stop_seconds',
    'Confirmed interruption to silence of the AI.',
    QUICK_S,
  );
  const bargeIn = histogram(
    'barge_in_seconds',
    'Onset of the caller’s speech over the AI to silence of the AI.',
    QUICK_S,
  );
  const dismissed = counter('barge_ins_dismissed_total', 'Sounds over the AI that were no interruption.');
  const judged = counter('chunks_judged_total', 'Pieces of speech that policies have judged.', ['decision']);
  const vetoes = counter('vetoes_total', 'Pieces of speech that were stopped.', ['by', 'policy']);
  const takeovers = counter('takeovers_total', 'Times a person asked for a call.', ['mode']);
  const fence = histogram('takeover_fence_seconds', 'Command to the silence of the AI.', QUICK_S);
  const live = histogram('takeover_live_seconds', 'Command to the open way of the person.', QUICK_S);
  const tools = histogram('tool_seconds', 'Calls of tools.', WAIT_S, ['tool', 'status']);
  const lineMos = histogram('line_mos_score', 'Estimated mean opinion score of the line, 1 to 4.5.', MOS, [
    'direction',
  ]);
  const lineLoss = histogram('line_loss_ratio', 'Packets that the line lost.', LOSS_RATIO, ['direction']);
  const lineJitter = histogram('line_jitter_seconds', 'Jitter of the line.', QUICK_S, ['direction']);
  const lineRoundTrip = histogram('line_round_trip_seconds', 'Round trip of the line.', QUICK_S, [
    'direction',
  ]);
  const attention = counter('attention_total', 'Times a call needed a person.', ['reason']);
  const recordings = new Gauge({
    name: 'sidetone_recordings_open',
    help: 'Recordings under way.',
    registers,
  });
  const recordingsEnded = counter('recordings_ended_total', 'Recordings that have ended.', ['reason']);
  new Gauge({
    name: 'sidetone_calls_open',
    help: 'Calls that are running now.',
    labelNames: ['host'],
    registers,
    collect() {
      this.reset();
      for (const [host, calls] of Object.entries(openCalls())) this.set({ host }, calls);
    },
  });

  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    count(one) {
      switch (one.name) {
        case 'call-setup':
          return setup.observe(one.seconds);
        case 'call-ended':
          return ended.inc({ outcome: one.outcome, reason: one.reason });
        case 'stage':
          return stages.observe({ stage: one.stage }, one.seconds);
        case 'turn':
          return turns.observe(one.seconds);
        case 'first-audio':
          return firstAudio.observe(one.seconds);
        case 'barge-in':
          bargeInStop.observe(one.stopSeconds);
          return bargeIn.observe(one.onsetToSilenceSeconds);
        case 'barge-in-dismissed':
          return dismissed.inc();
        case 'judged':
          return judged.inc({ decision: one.decision });
        case 'veto':
          return vetoes.inc({ by: one.by, policy: one.policy });
        case 'takeover':
          return takeovers.inc({ mode: one.mode });
        case 'takeover-fenced':
          return fence.observe(one.seconds);
        case 'takeover-live':
          return live.observe(one.seconds);
        case 'tool':
          return tools.observe({ tool: one.tool, status: one.status }, one.seconds);
        case 'line': {
          const { direction } = one;
          lineMos.observe({ direction }, one.mos);
          lineLoss.observe({ direction }, one.lossRatio);
          lineJitter.observe({ direction }, one.jitterSeconds);
          return lineRoundTrip.observe({ direction }, one.roundTripSeconds);
        }
        case 'attention':
          return attention.inc({ reason: one.reason });
        case 'recording':
          return recordings.inc(one.change);
        case 'recording-ended':
          return recordingsEnded.inc({ reason: one.reason });
      }
    },
  };
}
