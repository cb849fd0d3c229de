import { join } from 'node:path';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { percentile, type Figure } from '../figure.ts';
import { BenchChild } from '../measure/child.ts';
import type { TakeoverCommand, TakeoverReport } from './protocol.ts';

/** Goals of perf.md G7; warm is connected in advance with a muted microphone, cold joins with the click. */
const GOALS_MS = {
  warm: { silent: 60, human: 150, gap: 60 },
  cold: { silent: 60, human: 800, gap: null },
} as const;

/** One click over a real server: until the AI is silent at the caller's client, and until the person is heard there (G7). */
export async function* takeoverFigures(access: LivekitAccess, rounds: number): AsyncGenerator<Figure> {
  const child = new BenchChild(join(import.meta.dirname, 'takeover-child.ts'));
  try {
    const report = child.answer<TakeoverReport>(({ name }) => name === 'taken-over');
    child.send({ name: 'take-over', access, rounds } satisfies TakeoverCommand);
    const { samples } = await report;
    for (const way of ['warm', 'cold'] as const) {
      const ours = samples.filter(sample => sample.way === way);
      const spreads = [
        ['ai-silent', ours.map(({ silentMs }) => silentMs), GOALS_MS[way].silent],
        ['command', ours.map(({ openMs }) => openMs), null],
        ['human-heard', ours.map(({ humanMs }) => humanMs), GOALS_MS[way].human],
        ['gap', ours.map(({ gapMs }) => gapMs), GOALS_MS[way].gap],
      ] as const;
      for (const [metric, values, max] of spreads)
        for (const [name, ratio] of [
          ['p50', 0.5],
          ['p95', 0.95],
        ] as const)
          yield {
            bench: 'livekit',
            arm: `takeover-${way}`,
            metric: `${metric}-${name}`,
            value: percentile(values, ratio),
            unit: 'ms',
            n: values.length,
            goal: name === 'p95' && max !== null ? { max } : null,
            context: {
              from: 'the command in the worker’s process',
              to: 'the caller’s client, decoded audio',
              transport: 'tier 2: WebRTC over a LiveKit server, loopback; all clients in one process',
            },
          };
    }
  } finally {
    await child.stop();
  }
}
