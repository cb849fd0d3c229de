import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpen, stepTransfer, type AskedTransfer, type TransferInput } from './transfer-book.ts';

const WHO = { userId: 'sup-1', userName: 'Morgan Reyes' };
const ASKED: TransferInput = { type: 'asked', target: '+4930', ...WHO };

/** What the log says after these, one after the other. */
function told(inputs: readonly TransferInput[]) {
  let asked: AskedTransfer | null = null;
  return inputs.flatMap(input => {
    const [next, draft] = stepTransfer(asked, input);
    asked = next;
    return draft === null ? [] : [draft];
  });
}

const line = (outcome: 'accepted' | 'refused' | 'uncertain' | null, target = '+4930'): TransferInput => ({
  type: 'line-told',
  target,
  outcome,
});

describe('what the log says of a transfer', () => {
  test('[SUP71] the person who asked, and the outcome that the line tells', () => {
    const by = { type: 'call.transfer-requested', target: '+4930', by: 'supervisor', ...WHO };
    expect(told([ASKED, line(null), line('accepted'), { type: 'answered', outcome: 'accepted' }])).toEqual([
      { ...by, outcome: null },
      { ...by, outcome: 'accepted' },
    ]);
  });

  test('[SUP71] the answer of the line counts when it comes first, and its event is then not told again', () => {
    const rejected: TransferInput = { type: 'rejected', code: 'telephony.unreachable' };
    expect(told([ASKED, rejected, line(null), line('refused')])).toMatchObject([
      { outcome: null },
      { outcome: 'refused', code: 'telephony.unreachable' },
    ]);
    expect(told([ASKED, line(null), line('refused'), rejected])[1]).toMatchObject({
      code: 'telephony.transfer-refused',
    });
  });

  test('[SUP71] what the line does on its own is told as the line’s', () => {
    expect(told([line(null, '+1'), ASKED, line(null, '+1'), line('refused', '+1')])).toMatchObject([
      { by: 'line', target: '+1' },
      { by: 'supervisor' },
      { by: 'line', target: '+1' },
      { by: 'line', outcome: 'refused' },
    ]);
    // A second one to the same number, which nobody here asked for.
    expect(told([ASKED, line(null), line('refused'), line(null)])[2]).toMatchObject({ by: 'line' });
  });

  test('[SUP71] in whatever order, each transfer asked for is told once and settled once before the end', () => {
    const outcome = fc.constantFrom('accepted' as const, 'refused' as const, 'uncertain' as const);
    const input: fc.Arbitrary<TransferInput> = fc.oneof(
      fc.constant(ASKED),
      fc.option(outcome).map(one => line(one)),
      fc.constantFrom<TransferInput>(
        { type: 'answered', outcome: 'accepted' },
        { type: 'answered', outcome: 'uncertain' },
        { type: 'rejected', code: 'telephony.transfer-refused' },
      ),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), fc.boolean(), (inputs, transferred) => {
        let asked: AskedTransfer | null = null;
        let open = 0;
        for (const one of [...inputs, { type: 'call-ending', transferred } as const]) {
          // The runner refuses a second one.
          if (one.type === 'asked' && isOpen(asked)) continue;
          const [next, draft] = stepTransfer(asked, one);
          if (draft?.by === 'supervisor') open += draft.outcome === null ? 1 : -1;
          expect(open).toBe(isOpen(next) ? 1 : 0);
          if (draft?.outcome === 'refused' && draft.by === 'supervisor') expect(draft.code).toBeTruthy();
          asked = next;
        }
        expect(open).toBe(0);
      }),
    );
  });
});
