import { describe, expect, test } from 'vitest';
import type { NoteId, TurnId } from '#shared/domain/ids.ts';
import { Whispers } from './whispers.ts';

const note = (id: string): NoteId => id as NoteId;
const turn = (id: string): TurnId => id as TurnId;

describe('whispers', () => {
  test('[SUP30] a note is offered to the next answer, again to the one after a cancelled one, and gets one receipt', () => {
    const whispers = new Whispers();
    whispers.add(note('n1'), 'offer the form');
    expect(whispers.offer(turn('t1'))).toEqual([{ noteId: 'n1', text: 'offer the form' }]);
    expect(whispers.offer(turn('t2'))).toHaveLength(1);
    expect(whispers.heard(['n1'])).toEqual(['n1']);
    expect(whispers.heard(['n1'])).toEqual([]);
    expect(whispers.over(turn('t2'), new Set())).toEqual([]);
    expect(whispers.overAll()).toEqual([]);
  });

  test('[SUP31][SUP32] only what a sounding sentence names is used; the rest of the turn is not', () => {
    const whispers = new Whispers();
    whispers.add(note('n1'), 'one');
    whispers.add(note('n2'), 'two');
    whispers.offer(turn('t1'));
    whispers.add(note('n3'), 'three');
    expect(whispers.heard(['n2'])).toEqual(['n2']);
    expect(whispers.over(turn('t1'), new Set())).toEqual(['n1']);
    expect(whispers.offer(turn('t2')).map(({ noteId }) => noteId)).toEqual(['n3']);
  });

  test('[SUP31] a note whose sentence still waits to sound has no receipt yet', () => {
    const whispers = new Whispers();
    whispers.add(note('n1'), 'one');
    whispers.offer(turn('t1'));
    expect(whispers.over(turn('t1'), new Set(['n1']))).toEqual([]);
    expect(whispers.heard(['n1'])).toEqual(['n1']);
  });

  test('[SUP33] when no answer will come every waiting note is settled', () => {
    const whispers = new Whispers();
    whispers.add(note('n1'), 'one');
    whispers.add(note('n2'), 'two');
    whispers.offer(turn('t1'));
    expect(whispers.overAll()).toEqual(['n1', 'n2']);
  });
});
