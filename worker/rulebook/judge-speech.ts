import type { Clock } from '#shared/domain/clock.ts';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import type { ChunkOrigin, Citation } from '#shared/domain/lanes.ts';
import type { EpochMs, MonoMs } from '#shared/domain/units.ts';
import { openGate, type GateOutcome, type GateRules } from '#worker/lanes/control/control-gate.ts';

/** For judging what has no time: every moment is the same. */
export const STANDING_CLOCK: Clock = {
  now: () => 0 as EpochMs,
  mono: () => 0 as MonoMs,
  after: () => () => undefined,
};

/** One unit of speech as Lane B drafts it. */
export interface DraftedUnit {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly toolFacts: readonly { readonly name: string; readonly value: string }[];
}

/** A unit, and what the gate said of it. `atMs` is when it said so. */
export interface JudgedUnit {
  readonly text: string;
  readonly outcome: GateOutcome;
  readonly atMs: number;
}

/**
 * The live gate over one utterance, outside of a call: for `npm run policy` and for previews. `judged` grows as outcomes come.
 * Rules must answer at once: no model is asked here.
 */
export function openJudging(
  rules: GateRules,
  origin: ChunkOrigin,
  clock: Clock,
): {
  readonly draft: (unit: DraftedUnit) => void;
  readonly end: () => void;
  readonly judged: readonly JudgedUnit[];
} {
  const texts = new Map<ChunkId, string>();
  const judged: JudgedUnit[] = [];
  let audits = 0;
  const gate = openGate(
    rules,
    { origin },
    {
      clock,
      auditId: () => `audit-${++audits}` as AuditId,
      onOutcome: outcome =>
        judged.push({ text: texts.get(outcome.chunkId) ?? '', outcome, atMs: clock.mono() }),
    },
  );
  return {
    draft: unit => {
      const chunkId = `unit-${texts.size}` as ChunkId;
      texts.set(chunkId, unit.text);
      gate.draft({ chunkId, origin, ...unit });
    },
    end: () => gate.end(),
    judged,
  };
}
