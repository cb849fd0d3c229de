import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkId, OrgId, UserId } from '#shared/domain/ids.ts';
import { CHUNK_STATES } from '#shared/domain/lanes.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { scriptedGate } from '#tests/fakes/scripted-gate.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';
import { mayBecome } from './chunk-ledger.ts';
import { MAX_HOLD_MS, type DraftPart, type Utterance } from './speech-gate.ts';

const reply = { lane: 'B', origin: 'reply', turnId: null } as const;
const actor: Actor = { userId: 'u1' as UserId, orgId: 'o1' as OrgId, name: 'Morgan', role: 'supervisor' };
const part = (text: string): DraftPart => ({ text, citations: [], noteIds: [], toolFacts: [] });

async function releasedTexts(utterance: Utterance): Promise<string[]> {
  const texts: string[] = [];
  for await (const chunk of utterance.released) texts.push(chunk.text);
  return texts;
}

describe('speech gate', () => {
  test('[GATE40] only the moves of a chunk’s life are possible, and an end is final', () => {
    const ends = CHUNK_STATES.filter(state => CHUNK_STATES.every(to => !mayBecome(state, to)));
    expect(ends).toEqual(['vetoed', 'spoken', 'interrupted', 'withheld']);
    expect(mayBecome('drafted', 'released')).toBe(false);
    expect(mayBecome('allowed', 'speaking')).toBe(false);
    expect(mayBecome('speaking', 'withheld')).toBe(false);
  });

  test('[GATE41] what is released carries the judged text, redactions included', async () => {
    const { gate, events } = scriptedGate();
    const utterance = gate.open(reply);
    gate.draft(utterance, part('It is SECRET. '));
    gate.end(utterance);
    expect(await releasedTexts(utterance)).toEqual(['It is [hidden]. ']);
    expect(events.find(event => event.type === 'chunk.released')).toMatchObject({ text: 'It is [hidden]. ' });
  });

  test('[GATE42] nothing is released before its verdict is on disk, and a disk that fails is a veto', async () => {
    const { gate, disk, states } = scriptedGate({ disk: 'by-hand' });
    const utterance = gate.open(reply);
    gate.draft(utterance, part('One. '));
    await settle();
    expect(states()).toEqual(['allowed']);
    disk.forEach(write => write());
    await settle();
    expect(states()).toEqual(['released']);
    const broken = scriptedGate({ disk: 'fails' });
    broken.gate.draft(broken.gate.open(reply), part('One. '));
    await settle();
    expect(broken.states()).toEqual(['vetoed']);
    expect(broken.events.at(-1)).toMatchObject({
      type: 'chunk.vetoed',
      policy: 'audit',
      reason: 'verdict-not-recorded',
    });
  });

  test('[GATE43] a chunk waits for its hold-back, counted from its draft', async () => {
    const { gate, clock, states } = scriptedGate({ holdBackMs: 300 });
    gate.draft(gate.open(reply), part('One. '));
    await clock.advanceAsync(299);
    expect(states()).toEqual(['allowed']);
    await clock.advanceAsync(1);
    expect(states()).toEqual(['released']);
  });

  test('[GATE44] chunks are released in the order of their drafts, whatever is judged first', async () => {
    const { gate, verdicts } = scriptedGate({ judge: 'by-hand' });
    const utterance = gate.open(reply);
    for (const text of ['One. ', 'Two. ', 'Three. ']) gate.draft(utterance, part(text));
    gate.end(utterance);
    verdicts.reverse().forEach(judge => judge());
    expect(await releasedTexts(utterance)).toEqual(['One. ', 'Two. ', 'Three. ']);
  });

  test('[GATE45] a veto ends the utterance: what was judged before it is said, it and the rest never', async () => {
    const { gate, vetoes, states } = scriptedGate();
    const utterance = gate.open(reply);
    for (const text of ['Fine. ', 'A VETO. ', 'More. ']) gate.draft(utterance, part(text));
    gate.end(utterance);
    expect(await releasedTexts(utterance)).toEqual(['Fine. ']);
    expect(states()).toEqual(['released', 'vetoed']);
    expect(vetoes).toHaveLength(1);
  });

  test('[GATE46] a supervisor stops the next chunk or a named one, but not one that sounds', async () => {
    const { gate, ledger, states } = scriptedGate();
    const utterance = gate.open(reply);
    const first = gate.draft(utterance, part('One. '));
    const second = gate.draft(utterance, part('Two. '));
    await settle();
    const sounding = ledger.get(first as ChunkId);
    if (!sounding) throw new Error('the chunk is known');
    ledger.move(sounding, 'queued');
    ledger.move(sounding, 'speaking');
    expect(() => gate.veto(first, actor)).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ code: 'chunk.already-speaking' }) }),
    );
    expect(gate.veto(null, actor).chunkId).toBe(second);
    expect(states()).toEqual(['speaking', 'vetoed']);
    expect(() => gate.veto(null, actor)).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ code: 'chunk.nothing-to-veto' }) }),
    );
    expect(() => gate.veto('other' as ChunkId, actor)).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ code: 'chunk.unknown' }) }),
    );
  });

  test('[GATE47] a hold keeps what is judged, for 30 s if need be, and lets it go in order', async () => {
    const { gate, clock, states } = scriptedGate();
    gate.hold(() => undefined);
    const utterance = gate.open(reply);
    for (const text of ['One. ', 'Two. ']) gate.draft(utterance, part(text));
    gate.end(utterance);
    await clock.advanceAsync(30_000);
    expect(states()).toEqual(['held', 'held']);
    expect(gate.resume()).toBe(30_000);
    expect(await releasedTexts(utterance)).toEqual(['One. ', 'Two. ']);
  });

  test('[GATE48] a hold that nobody ends is over after 120 s, and what waited is withheld', async () => {
    const { gate, clock, events } = scriptedGate();
    let expired = 0;
    gate.hold(() => (expired += 1));
    gate.draft(gate.open(reply), part('One. '));
    await clock.advanceAsync(MAX_HOLD_MS);
    expect(expired).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'chunk.withheld', cause: 'held-too-long' });
  });

  test('[GATE49] a cut raises the epoch and ends everything with a cause', async () => {
    const { gate, ledger, states, events } = scriptedGate();
    const utterance = gate.open(reply);
    const first = ledger.get(gate.draft(utterance, part('One two. ')) as ChunkId);
    gate.draft(utterance, part('Three. '));
    await settle();
    if (!first) throw new Error('the chunk is known');
    ledger.move(first, 'queued');
    ledger.move(first, 'speaking');
    first.heardChars = 3;
    expect(gate.cut('barge-in')).toBe(1);
    expect(states()).toEqual(['interrupted', 'withheld']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'chunk.interrupted', heardText: 'One', cause: 'barge-in' }),
    );
    expect(gate.draft(utterance, part('Late. '))).toBeNull();
  });

  test('[GATE50] lead time is the audio before plus what is left of the hold-back', async () => {
    const { gate, clock, ledger } = scriptedGate({ holdBackMs: 300 });
    const utterance = gate.open(reply);
    gate.draft(utterance, part('One. '));
    await clock.advanceAsync(300);
    const first = [...ledger.all()][0];
    if (first) first.durationMs = 2000;
    gate.draft(utterance, part('Two. '));
    await clock.advanceAsync(100);
    const next = [...ledger.all()][1];
    expect(next && gate.leadMs(next)).toBe(2000 + 200);
  });

  test('[GATE63] once the log is closed nothing is released', async () => {
    const { gate, states, closeLog } = scriptedGate();
    const utterance = gate.open(reply);
    closeLog();
    gate.draft(utterance, part('One. '));
    await settle();
    expect(states()).toEqual(['withheld']);
  });

  test('[GATE51] whatever happens in whatever order, every chunk reaches exactly one end (1,000 random runs)', async () => {
    const step = fc.constantFrom(
      'draft',
      'veto-draft',
      'play',
      'end-chunk',
      'veto',
      'hold',
      'resume',
      'cut',
      'stop',
      'wait',
      'open',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const { gate, ledger, clock, events } = scriptedGate({ holdBackMs: 100 });
        let utterance = gate.open(reply);
        for (const what of steps) {
          const sounding = ledger.speaking();
          const ready = [...ledger.all()].find(chunk => chunk.state === 'released');
          if (what === 'draft') gate.draft(utterance, part('Fine. '));
          else if (what === 'veto-draft') gate.draft(utterance, part('VETO. '));
          else if (what === 'play' && ready && !sounding) {
            ledger.move(ready, 'queued');
            ledger.move(ready, 'speaking');
          } else if (what === 'end-chunk' && sounding) {
            ledger.move(sounding, 'spoken');
            events.push({ type: 'chunk.spoken', chunkId: sounding.chunkId, heardMs: 0 });
          } else if (what === 'veto' && gate.next()) gate.veto(null, actor);
          else if (what === 'hold') gate.hold(() => undefined);
          else if (what === 'resume') gate.resume();
          else if (what === 'cut') gate.cut('barge-in');
          else if (what === 'stop') gate.stopAll('superseded');
          else if (what === 'open') utterance = gate.open(reply);
          else await clock.advanceAsync(60);
        }
        gate.cut('call-ended');
        const ends = events.filter(event =>
          ['chunk.spoken', 'chunk.interrupted', 'chunk.vetoed', 'chunk.withheld'].includes(event.type),
        );
        const ids = ends.map(event => ('chunkId' in event ? event.chunkId : ''));
        expect([...ids].sort()).toEqual([...ledger.all()].map(chunk => chunk.chunkId).sort());
      }),
      { numRuns: 1000 },
    );
  });
});
