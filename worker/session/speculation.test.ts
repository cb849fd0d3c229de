import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { overlapBench } from '#tests/fakes/overlap-bench.ts';
import { sameWords, wordsOf } from '#worker/lanes/reasoned/same-words.ts';
import { defineTool } from '#worker/tools/tool-definition.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';

type Bench = ReturnType<typeof overlapBench>;

const words = (from: Bench): string[] => [...new Set(from.heard.map(piece => piece.text))];

describe('speculation', () => {
  test('[OVL1][OVL6] an answer is drafted and judged while the caller is silent, and sounds only after the commit', async () => {
    const bench = overlapBench({ modelMs: 100, voiceMs: 50 });
    bench.say('where are my shoes', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(400);
    expect(bench.of('chunk.allowed').length).toBeGreaterThan(0);
    expect(bench.of('chunk.released')).toEqual([]);
    expect(bench.heard).toEqual([]);
    bench.say('Where are my shoes?', 'final');
    bench.commit();
    await bench.clock.advanceAsync(40);
    expect(bench.heard[0]?.text).toBe('About [where are my shoes] []. ');
    const [ended] = bench.of('speculation.ended');
    expect(ended).toMatchObject({ outcome: 'adopted', cause: 'same-words' });
    expect(bench.of('turn.committed')[0]?.turnId).toBe(ended?.turnId);
    const order = bench.events.map(event => event.type);
    expect(order.indexOf('turn.committed')).toBeLessThan(order.indexOf('retrieval.finished'));
  });

  test('[OVL7] the first judged chunk is voiced ahead, once, and no other', async () => {
    const bench = overlapBench({ modelMs: 10, voiceMs: 50 });
    bench.say('hello there', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(300);
    expect(bench.voiced).toEqual(['About [hello there] []. ']);
    bench.say('hello there', 'final');
    bench.commit();
    await bench.clock.advanceAsync(500);
    expect(bench.voiced).toEqual(['About [hello there] []. ', 'That is all on [hello there]. ']);
  });

  test('[OVL2] while the caller speaks words wait until they are stable; after a pause they do not', async () => {
    const bench = overlapBench({ modelMs: 10, voiceMs: 10 });
    bench.resume();
    bench.say('where', 'interim');
    await bench.clock.advanceAsync(999);
    expect(bench.of('chunk.drafted')).toEqual([]);
    bench.say('where are', 'interim');
    await bench.clock.advanceAsync(999);
    expect(bench.of('chunk.drafted')).toEqual([]);
    bench.pause();
    await bench.clock.advanceAsync(69);
    expect(bench.of('chunk.drafted')).toEqual([]);
    await bench.clock.advanceAsync(20);
    expect(bench.of('chunk.drafted')[0]?.text).toContain('where are');
  });

  test('[OVL3][OVL5] other words discard the draft: its chunks are withheld and are no part of the conversation', async () => {
    const bench = overlapBench({ modelMs: 10, voiceMs: 10 });
    bench.say('cancel my order', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(100);
    bench.say('cancel my order of shoes', 'final');
    bench.commit();
    await bench.clock.advanceAsync(600);
    expect(bench.of('speculation.ended')[0]).toMatchObject({ outcome: 'discarded', cause: 'words-changed' });
    expect(bench.of('chunk.withheld').every(event => event.cause === 'stale-hypothesis')).toBe(true);
    expect(words(bench).every(text => text.includes('[cancel my order of shoes]'))).toBe(true);
  });

  test('[OVL4] the same words are the same turn, however they are written; other words are not', () => {
    expect(sameWords('where is it', 'Where is it?')).toBe(true);
    expect(sameWords('I can’t pay', "i can't pay")).toBe(true);
    expect(sameWords('refund', 'no refund')).toBe(false);
    expect(sameWords('fifty 5', 'fifty 50')).toBe(false);
    expect(sameWords('5 €', '5 $')).toBe(false);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,6}$/u), { minLength: 1, maxLength: 8 }), said => {
        expect(wordsOf(`${said.join(', ')}!`.toUpperCase())).toBe(said.join(' '));
      }),
    );
  });

  test.each([
    ['a note', (bench: Bench) => bench.whisper('offer a voucher'), 'note-arrived'],
    ['new knowledge', (bench: Bench) => bench.rotate(), 'context-changed'],
    ['the end of all speech', (bench: Bench) => void bench.gate.cut('barge-in'), 'context-changed'],
    ['a supervisor who stops what comes', (bench: Bench) => bench.gate.stopAll('superseded'), 'cut'],
  ])('[OVL9] %s invalidates a draft, and the turn is answered anew', async (_what, happens, cause) => {
    const bench = overlapBench({ modelMs: 10, voiceMs: 10 });
    bench.say('hello there', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(100);
    happens(bench);
    bench.say('hello there', 'final');
    bench.commit();
    await bench.clock.advanceAsync(600);
    expect(bench.of('speculation.ended').some(event => event.cause === cause)).toBe(true);
    expect(words(bench)).toHaveLength(2);
    if (cause === 'note-arrived') expect(words(bench)[0]).toContain('offer a voucher');
  });

  test('[OVL8] no tool runs on a guess, whatever it does', async () => {
    let runs = 0;
    const tools = new ToolRegistry([
      defineTool({
        name: 'get_business_hours',
        description: 'hours',
        input: z.strictObject({}),
        output: z.object({ hours: z.string() }),
        effect: 'reads',
        run: () => {
          runs += 1;
          return Promise.resolve({ hours: 'nine to five' });
        },
        facts: ({ hours }) => [{ name: 'hours', value: hours }],
      }),
    ]);
    const bench = overlapBench({ modelMs: 10, voiceMs: 10, tools });
    bench.say('when are you open', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(500);
    expect([runs, bench.of('chunk.drafted').length]).toEqual([0, 0]);
    bench.say('when are you open', 'final');
    bench.commit();
    await bench.clock.advanceAsync(500);
    expect(runs).toBe(1);
    expect(words(bench)[0]).toContain('when are you open');
  });

  test('[OVL10] a veto of a guess leads to the same safe rephrase, and nothing of a discarded one counts', async () => {
    const bench = overlapBench({ modelMs: 10, voiceMs: 10 });
    bench.say('promise me', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(100);
    expect(bench.of('chunk.vetoed')).toHaveLength(1);
    bench.say('Promise me.', 'final');
    bench.commit();
    await bench.clock.advanceAsync(600);
    expect(words(bench)).toEqual(['About [promise me] []. ', 'I can open a request for you. ']);
  });

  test('[OVL11] a model that fails on a guess is asked again for the turn', async () => {
    let asked = 0;
    const bench = overlapBench({
      modelMs: 0,
      voiceMs: 10,
      model: {
        name: 'breaks once',
        async *reply({ callerText }) {
          asked += 1;
          await Promise.resolve();
          if (asked === 1) throw new Error('down');
          yield { text: `About [${callerText}]. `, citations: [], noteIds: [] };
        },
      },
    });
    bench.say('hello there', 'interim');
    bench.pause();
    await bench.clock.advanceAsync(100);
    bench.say('hello there', 'final');
    bench.commit();
    await bench.clock.advanceAsync(300);
    expect(words(bench)).toEqual(['About [hello there]. ']);
  });

  test('[OVL12] switched off, nothing is drafted before the commit', async () => {
    const bench = overlapBench({ modelMs: 10, voiceMs: 10, overlap: null });
    bench.say('hello there', 'interim');
    bench.say('hello there', 'final');
    await bench.clock.advanceAsync(1000);
    expect(bench.of('chunk.drafted')).toEqual([]);
    bench.commit();
    await bench.clock.advanceAsync(300);
    expect(words(bench)).toHaveLength(2);
  });
});

type Move =
  | { readonly do: 'add'; readonly word: string }
  | { readonly do: 'revise'; readonly word: string }
  | { readonly do: 'final' | 'pause' | 'resume' | 'note' | 'rotate' | 'stop' }
  | { readonly do: 'wait'; readonly ms: number };

const word = fc.constantFrom('where', 'is', 'my', 'order', 'no', 'refund', 'promise', 'shoes', 'hello');
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), word }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revise' as const), word }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('final' as const, 'pause' as const, 'resume' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('note' as const, 'rotate' as const, 'stop' as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 500 }) }),
  },
);

describe('stale speech', () => {
  test('[OVL5] no word of a guess that the turn did not have is ever heard (2,000 schedules of mid-turn corrections)', async () => {
    let adopted = 0;
    let discarded = 0;
    let heard = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(move, { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        fc.record({
          modelMs: fc.integer({ min: 0, max: 300 }),
          voiceMs: fc.integer({ min: 0, max: 200 }),
          retrievalMs: fc.integer({ min: 0, max: 60 }),
          diskMs: fc.constantFrom(0, 3, 40),
          holdBackMs: fc.constantFrom(0, 0, 300),
        }),
        async (turns, options) => {
          const bench = overlapBench(options);
          for (const moves of turns) await playTurn(bench, moves);
          await bench.clock.advanceAsync(1500);
          const committed = new Map(bench.of('turn.committed').map(event => [event.turnId, event.text]));
          for (const { text, turnId } of bench.heard) {
            const said = turnId === null ? undefined : committed.get(turnId);
            expect(said).toBeDefined();
            const about = /^(?:About|That is all on) \[(.*?)\]/u.exec(text)?.[1];
            if (about !== undefined) expect(wordsOf(about)).toBe(wordsOf(said ?? ''));
          }
          const ended = bench.of('speculation.ended');
          const wasted = ended.filter(event => event.outcome === 'discarded' && event.cause !== 'needs-tool');
          expect(wasted.length).toBeLessThanOrEqual(2 + 1.5 * committed.size);
          adopted += ended.length - wasted.length;
          discarded += wasted.length;
          heard += bench.heard.length;
        },
      ),
      { numRuns: 2000 },
    );
    // The schedules are worth something only if both ends happen often.
    expect(Math.min(adopted, discarded)).toBeGreaterThan(500);
    expect(heard).toBeGreaterThan(1000);
  }, 120_000);
});

/** One turn: the moves, then the rest of the words as final, a silence and the commit. */
async function playTurn(bench: Bench, moves: readonly Move[]): Promise<void> {
  let said: string[] = [];
  bench.resume();
  for (const one of moves) {
    switch (one.do) {
      case 'add':
        said = [...said, one.word];
        bench.say(said.join(' '), 'interim');
        break;
      case 'revise':
        said = [...said.slice(0, -1), one.word];
        bench.say(said.join(' '), 'interim');
        break;
      case 'final':
        if (said.length > 0) bench.say(said.join(' '), 'final');
        said = [];
        break;
      case 'pause':
        bench.pause();
        break;
      case 'resume':
        bench.resume();
        break;
      case 'note':
        bench.whisper('a note');
        break;
      case 'rotate':
        bench.rotate();
        break;
      case 'stop':
        bench.gate.stopAll('superseded');
        break;
      case 'wait':
        await bench.clock.advanceAsync(one.ms);
        break;
    }
  }
  bench.pause();
  if (said.length > 0) bench.say(said.join(' '), 'final');
  await bench.clock.advanceAsync(100);
  bench.commit();
  await bench.clock.advanceAsync(moves.length % 2 === 0 ? 30 : 900);
}
