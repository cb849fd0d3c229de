import { describe, expect, test } from 'vitest';
import type { TurnId } from '#shared/domain/ids.ts';
import { TurnMeasure } from './turn-measure.ts';

describe('turn measure', () => {
  test('[RSN9] tells each stage once, at the first word, and nothing for a turn that was not committed', () => {
    const measure = new TurnMeasure();
    expect(measure.answerHeard(50)).toBeNull();
    measure.silent(1000);
    measure.reflexHeard(1220);
    measure.committed('t1' as TurnId, 1300);
    measure.retrieved(4);
    measure.firstText(1320);
    measure.judged(0.2, 1330);
    measure.judged(9, 1900);
    measure.released(1630);
    measure.voiced(60);
    expect(measure.answerHeard(1700)).toMatchObject({
      turnId: 't1',
      endOfTurnMs: 300,
      retrievalMs: 4,
      modelMs: 20,
      gateMs: 0.2,
      holdBackMs: 300,
      voiceMs: 60,
      firstAudioMs: 700,
      reflexAudioMs: 220,
    });
    expect(measure.answerHeard(1800)).toBeNull();
  });
});
