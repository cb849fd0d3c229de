import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { ChunkId } from '#shared/domain/ids.ts';
import { CHUNK_STATES, type ChunkState, type Lane } from '#shared/domain/lanes.ts';
import { mayPass, type BeltView, type FrameTag } from '#worker/lanes/chunk-ledger.ts';
import { Belt, BELT_QUEUE_FRAMES, type BeltEvents, type TaggedFrame } from './belt.ts';

const chunk = (id: string): ChunkId => id as ChunkId;

function tag(id: string, more: Partial<FrameTag> = {}): FrameTag {
  return { chunkId: chunk(id), epoch: 0, span: [0, 1], startSample: 0, last: false, ...more };
}

function frames(id: string, count: number): TaggedFrame[] {
  return Array.from({ length: count }, (_, index) => ({
    samples: new Int16Array(FRAME_SAMPLES).fill(1000),
    tag: tag(id, { startSample: index * FRAME_SAMPLES, last: index === count - 1 }),
  }));
}

/** A belt whose chunks are all released unless told otherwise. */
function bench(mayStart: (lane: Lane | 'own') => boolean = () => true) {
  const view = {
    epoch: 0,
    floor: 'ai' as 'ai' | 'human',
    states: new Map<string, ChunkState>(),
    stateOf: (id: ChunkId): ChunkState | null => view.states.get(id) ?? 'released',
  };
  const told: string[] = [];
  const events: BeltEvents = {
    queued: id => told.push(`queued ${id}`),
    speaking: id => told.push(`speaking ${id}`) > 0,
    progress: () => undefined,
    spoken: id => told.push(`spoken ${id}`),
    brokenOff: id => told.push(`broken off ${id}`),
    missed: id => told.push(`missed ${id}`),
    drained: () => told.push('drained'),
  };
  return { view, told, belt: new Belt(view satisfies BeltView, events, mayStart) };
}

function heard(belt: Belt, count: number): (string | null)[] {
  return Array.from({ length: count }, () => belt.pull()?.tag?.chunkId ?? null);
}

async function settled(): Promise<void> {
  await new Promise<void>(resolve => setImmediate(resolve));
}

describe('the rule of the belt', () => {
  const state = fc.constantFrom<ChunkState | null>(...CHUNK_STATES, null);
  const anything = fc.record({
    tagged: fc.boolean(),
    tagEpoch: fc.nat(3),
    epoch: fc.nat(3),
    floor: fc.constantFrom<'ai' | 'human'>('ai', 'human'),
    state,
  });

  test('[MED1][MED2][MED3][MED4] passes exactly what is tagged, current, released and on an AI floor', () => {
    fc.assert(
      fc.property(anything, ({ tagged, tagEpoch, epoch, floor, state: is }) => {
        const view: BeltView = { epoch, floor, stateOf: () => is };
        const released = is === 'released' || is === 'queued' || is === 'speaking';
        const allowed = tagged && floor === 'ai' && tagEpoch === epoch && released;
        expect(mayPass(tagged ? tag('a', { epoch: tagEpoch }) : null, view) === 'pass').toBe(allowed);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('belt', () => {
  test('[REF25] an acknowledgement whose moment has passed is given up, and the answer behind it sounds', async () => {
    let reflexAllowed = false;
    const { belt, told } = bench(lane => lane !== 'A' || reflexAllowed);
    belt.open('reply', 'B');
    belt.open('reflex', 'A', 'front');
    let held = false;
    for (const frame of frames('late', BELT_QUEUE_FRAMES))
      void belt.offer('reflex', frame).then(() => (held = true));
    for (const frame of frames('answer', 2)) void belt.offer('reply', frame);
    await settled();
    expect(heard(belt, 3)).toEqual(['answer', 'answer', null]);
    expect(told).toContain('missed late');
    await settled();
    expect(held).toBe(true);
    belt.close('reply');
    reflexAllowed = true;
    belt.open('again', 'A', 'front');
    for (const frame of frames('in time', 1)) void belt.offer('again', frame);
    expect(heard(belt, 1)).toEqual(['in time']);
    expect(told).not.toContain('missed in time');
  });

  test('[REF25] a reply that may not start yet waits', () => {
    let allowed = false;
    const { belt, told } = bench(() => allowed);
    belt.open('reply', 'B');
    for (const frame of frames('answer', 1)) void belt.offer('reply', frame);
    expect(heard(belt, 2)).toEqual([null, null]);
    allowed = true;
    expect(heard(belt, 1)).toEqual(['answer']);
    expect(told.filter(word => word.startsWith('missed'))).toEqual([]);
  });

  test('[MED5] a chunk that is stopped while its frames wait is not heard, and the next one follows without a gap', async () => {
    const { belt, view } = bench();
    belt.open('u1', 'B');
    for (const frame of [...frames('a', 2), ...frames('b', 2)]) void belt.offer('u1', frame);
    await settled();
    view.states.set('a', 'vetoed');
    expect(heard(belt, 3)).toEqual(['b', 'b', null]);
  });

  test('[MED6] utterances sound in the order they were lined up, whichever is ready first', async () => {
    const { belt, told } = bench();
    belt.open('u1', 'B');
    belt.open('u2', 'own');
    for (const frame of frames('second', 2)) void belt.offer('u2', frame);
    belt.close('u2');
    await settled();
    expect(heard(belt, 1)).toEqual([null]);
    for (const frame of frames('first', 2)) void belt.offer('u1', frame);
    belt.close('u1');
    await settled();
    expect(heard(belt, 5)).toEqual(['first', 'first', 'second', 'second', null]);
    expect(told.filter(line => line !== 'queued first' && line !== 'queued second')).toEqual([
      'speaking first',
      'spoken first',
      'speaking second',
      'spoken second',
      'drained',
    ]);
  });

  test('[MED6] an utterance put in front sounds before all that have not begun, and after one that has', async () => {
    const { belt } = bench();
    belt.open('u1', 'B');
    for (const frame of frames('running', 3)) void belt.offer('u1', frame);
    belt.open('u2', 'B');
    for (const frame of frames('waiting', 1)) void belt.offer('u2', frame);
    await settled();
    expect(heard(belt, 1)).toEqual(['running']);
    belt.open('u3', 'own', 'front');
    for (const frame of frames('urgent', 1)) void belt.offer('u3', frame);
    for (const id of ['u1', 'u2', 'u3']) belt.close(id);
    await settled();
    expect(heard(belt, 5)).toEqual(['running', 'running', 'urgent', 'waiting', null]);
  });

  test('[MED7] a producer is held up at 100 ms, goes on as frames are played, and is let go by a cut', async () => {
    const { belt } = bench();
    belt.open('u1', 'B');
    let taken = 0;
    const producing = (async () => {
      for (const frame of frames('a', 20)) {
        await belt.offer('u1', frame);
        taken += 1;
      }
    })();
    await settled();
    expect(taken).toBe(BELT_QUEUE_FRAMES - 1);
    expect(belt.waitingMs()).toBe(100);
    heard(belt, 3);
    await settled();
    expect(taken).toBe(BELT_QUEUE_FRAMES + 2);
    belt.cut();
    await producing;
    expect(taken).toBe(20);
    expect(heard(belt, 1)).toEqual([null]);
  });

  test('[MED8] whatever is lined up, a cut is followed by nothing but silence', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 8 }), fc.nat(10), (lengths, pulls) => {
        const { belt } = bench();
        lengths.forEach((length, index) => {
          belt.open(`u${String(index)}`, 'B');
          for (const frame of frames(`c${String(index)}`, length))
            void belt.offer(`u${String(index)}`, frame);
        });
        heard(belt, pulls);
        belt.cut();
        expect(heard(belt, 20).every(id => id === null)).toBe(true);
      }),
    );
  });

  test('[MED9] a held belt finishes the chunk that sounds; say-now still passes', async () => {
    const { belt } = bench();
    belt.open('u1', 'B');
    for (const frame of [...frames('a', 2), ...frames('b', 2)]) void belt.offer('u1', frame);
    await settled();
    expect(heard(belt, 1)).toEqual(['a']);
    belt.hold(true);
    expect(heard(belt, 3)).toEqual(['a', null, null]);
    belt.hold(false);
    expect(heard(belt, 3)).toEqual(['b', 'b', null]);
  });

  test('[MED10] ducking ramps to a tenth and back', async () => {
    const { belt } = bench();
    belt.open('u1', 'B');
    for (const frame of frames('a', 5)) void belt.offer('u1', frame);
    await settled();
    belt.duck(true);
    belt.pull();
    expect(belt.pull()?.samples.at(-1)).toBe(100);
    belt.duck(false);
    belt.pull();
    expect(belt.pull()?.samples.at(-1)).toBe(1000);
  });

  test('[MED40] a frame that is played twice, out of order or from the middle is not heard', async () => {
    const { belt, view } = bench();
    belt.open('u1', 'B');
    const [first, second, third] = frames('a', 4) as [TaggedFrame, TaggedFrame, TaggedFrame];
    const [, middle] = frames('b', 2) as [TaggedFrame, TaggedFrame];
    for (const frame of [first, first, third, second]) void belt.offer('u1', frame);
    await settled();
    expect(heard(belt, 3)).toEqual(['a', 'a', null]);
    void belt.offer('u1', middle);
    expect(heard(belt, 2)).toEqual([null, null]);
    expect(view.epoch).toBe(0);
  });

  test('[MED41] a chunk without its last frame breaks off when the next begins, and when its utterance is over', async () => {
    const { belt, told } = bench();
    belt.open('u1', 'B');
    for (const frame of [...frames('a', 3).slice(0, 2), ...frames('b', 3).slice(0, 2)])
      void belt.offer('u1', frame);
    belt.close('u1');
    await settled();
    expect(heard(belt, 5)).toEqual(['a', 'a', 'b', 'b', null]);
    expect(told.filter(line => line.startsWith('broken') || line === 'drained')).toEqual([
      'broken off a',
      'broken off b',
      'drained',
    ]);
  });

  test('[TUR1] nothing starts while the turn says no, and it starts as soon as it says yes', async () => {
    let open = false;
    const { belt } = bench(() => open);
    belt.open('u1', 'B');
    for (const frame of frames('a', 1)) void belt.offer('u1', frame);
    await settled();
    expect(heard(belt, 2)).toEqual([null, null]);
    open = true;
    expect(heard(belt, 1)).toEqual(['a']);
  });
});
