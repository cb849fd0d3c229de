import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  audibility,
  coachParty,
  hears,
  humanParty,
  type HumanOnCall,
  type MicMode,
  type Party,
} from '#shared/domain/audibility.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import { CallMixer } from './call-mixer.ts';

const callId = 'call-1' as CallId;
/** Each speaker is a power of two, so that a sum tells who was mixed. */
const CALLER = 1;
const AI = 2;
const COLLEAGUE = 16;
const VOICES = new Map<UserId, number>([
  ['u1' as UserId, 4],
  ['u2' as UserId, 8],
]);
const WHISPERS = new Map<UserId, number>([
  ['u1' as UserId, 32],
  ['u2' as UserId, 64],
]);

function bench(
  ai = true,
  peopleReachCaller = false,
  onLevels: (levels: { readonly human: number }) => void = () => undefined,
) {
  const caller: number[] = [];
  const recorded: number[] = [];
  const humansHeard: UserId[] = [];
  const heardBy = new Map<UserId, { sequence: number; value: number }[]>();
  const mixer = new CallMixer({
    pullAi: () => (ai ? new Int16Array(FRAME_SAMPLES).fill(AI) : null),
    toCaller: samples => caller.push(samples[0] ?? 0),
    onLevels,
    onHumanHeard: userId => humansHeard.push(userId),
    onLine: (_caller, heard) => recorded.push(heard[0] ?? 0),
    peopleReachCaller: () => peopleReachCaller,
  });
  let sampleOffset = 0;
  const microphones = new Map([...VOICES].map(([userId]) => [userId, mixer.openMicrophone(userId)]));
  const whispers = new Map([...VOICES].map(([userId]) => [userId, mixer.openMicrophone(userId, 'whisper')]));
  return {
    mixer,
    caller,
    recorded,
    humansHeard,
    heardBy,
    microphones,
    listen: (userId: UserId) => {
      const frames: { sequence: number; value: number }[] = [];
      heardBy.set(userId, frames);
      return mixer.listen(
        userId,
        frame => frames.push({ sequence: frame.sequence, value: frame.samples[0] ?? 0 }),
        () => undefined,
      );
    },
    speak: () => {
      for (const [userId, value] of VOICES)
        microphones.get(userId)?.push(new Int16Array(FRAME_SAMPLES).fill(value));
      for (const [userId, value] of WHISPERS)
        whispers.get(userId)?.push(new Int16Array(FRAME_SAMPLES).fill(value));
    },
    whisper: () => {
      for (const [userId, value] of WHISPERS)
        whispers.get(userId)?.push(new Int16Array(FRAME_SAMPLES).fill(value));
    },
    tick: () => {
      mixer.onCallerFrame({ callId, sampleOffset, samples: new Int16Array(FRAME_SAMPLES).fill(CALLER) });
      sampleOffset += FRAME_SAMPLES;
    },
  };
}

const humans = fc
  .tuple(
    ...[...VOICES.keys()].map(userId =>
      fc.record({
        userId: fc.constant(userId),
        listening: fc.boolean(),
        mic: fc.constantFrom<MicMode>('monitor', 'armed', 'barge', 'live'),
        coaching: fc.boolean(),
      }),
    ),
  )
  .map(list => list as HumanOnCall[]);

describe('loopback mixer', () => {
  test('[MED11] everybody hears exactly whom the matrix names, in every mode and after every change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ floor: fc.constantFrom<'ai' | 'human'>('ai', 'human'), humans }), {
          minLength: 1,
          maxLength: 6,
        }),
        modes => {
          const b = bench();
          for (const userId of VOICES.keys()) b.listen(userId);
          for (const input of modes) {
            b.mixer.apply(input);
            const edges = audibility(input);
            // Two frames fill the microphone's queue, the third is judged.
            for (let round = 0; round < 3; round += 1) {
              b.speak();
              b.tick();
            }
            const sum = (listener: 'caller' | UserId): number => {
              const to = listener === 'caller' ? 'caller' : humanParty(listener);
              const voices = [...VOICES].filter(
                ([userId]) =>
                  hears(edges, humanParty(userId), to) && hears(edges, humanParty(userId), 'caller'),
              );
              const whispers = [...WHISPERS].filter(([userId]) => hears(edges, coachParty(userId), to));
              return (
                whispers.reduce((total, [, value]) => total + value, 0) +
                (hears(edges, 'caller', to) ? CALLER : 0) +
                (hears(edges, 'ai', to) ? AI : 0) +
                voices.reduce((total, [, value]) => total + value, 0)
              );
            };
            expect(b.caller.at(-1)).toBe(sum('caller'));
            for (const userId of VOICES.keys())
              expect(b.heardBy.get(userId)?.at(-1)?.value).toBe(sum(userId));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('[MED14] people who reach the caller by themselves are not sent again, and everybody else still gets them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ floor: fc.constantFrom<'ai' | 'human'>('ai', 'human'), humans }), {
          minLength: 1,
          maxLength: 6,
        }),
        modes => {
          const [mixed, apart] = [bench(), bench(true, true)];
          for (const b of [mixed, apart]) for (const userId of VOICES.keys()) b.listen(userId);
          for (const input of modes) {
            const { edges } = mixed.mixer.apply(input);
            apart.mixer.apply(input);
            for (const b of [mixed, apart]) {
              for (let round = 0; round < 3; round += 1) {
                b.speak();
                b.tick();
              }
            }
            expect(apart.caller.at(-1)).toBe(hears(edges, 'ai', 'caller') ? AI : 0);
          }
          expect(apart.recorded).toEqual(mixed.caller);
          expect(apart.recorded).toEqual(mixed.recorded);
          expect(apart.humansHeard).toEqual(mixed.humansHeard);
          expect(apart.heardBy).toEqual(mixed.heardBy);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['in the room of the caller', false],
    ['brought by the mix', true],
  ])(
    '[MED15][REC15] a colleague on the phone, %s, is heard by whom the matrix names, and recorded',
    (_where, isBrought) => {
      fc.assert(
        fc.property(
          fc.array(
            fc.record({
              floor: fc.constantFrom<'ai' | 'human'>('ai', 'human'),
              humans,
              colleague: fc.boolean(),
              hold: fc.boolean(),
              hush: fc.constantFrom(null, 'listeners' as const, 'everybody' as const),
            }),
            { minLength: 1, maxLength: 6 },
          ),
          modes => {
            const b = bench(true, true);
            for (const userId of VOICES.keys()) b.listen(userId);
            const told: number[] = [];
            const line = b.mixer.openColleague(isBrought ? samples => told.push(samples[0] ?? 0) : null);
            for (const given of modes) {
              const { edges } = b.mixer.apply(given);
              for (let round = 0; round < 3; round += 1) {
                b.speak();
                line.push(new Int16Array(FRAME_SAMPLES).fill(COLLEAGUE));
                b.tick();
              }
              const value = (from: Party, to: Party, sound: number): number =>
                hears(edges, from, to) ? sound : 0;
              const people = (to: Party): number =>
                [...VOICES].reduce((sum, [userId, sound]) => sum + value(humanParty(userId), to, sound), 0) +
                [...WHISPERS].reduce((sum, [userId, sound]) => sum + value(coachParty(userId), to, sound), 0);
              expect(b.caller.at(-1)).toBe(
                value('ai', 'caller', AI) + (isBrought ? value('colleague', 'caller', COLLEAGUE) : 0),
              );
              expect(b.recorded.at(-1)).toBe(
                value('ai', 'caller', AI) + value('colleague', 'caller', COLLEAGUE) + people('caller'),
              );
              for (const userId of VOICES.keys()) {
                const me = humanParty(userId);
                expect(b.heardBy.get(userId)?.at(-1)?.value).toBe(
                  value('caller', me, CALLER) +
                    value('ai', me, AI) +
                    value('colleague', me, COLLEAGUE) +
                    people(me),
                );
              }
              if (isBrought)
                expect(told.at(-1)).toBe(value('caller', 'colleague', CALLER) + people('colleague'));
            }
            line.close();
            line.push(new Int16Array(FRAME_SAMPLES).fill(COLLEAGUE));
            b.mixer.apply({ floor: 'human', humans: [], colleague: true });
            for (let round = 0; round < 3; round += 1) b.tick();
            expect(b.recorded.at(-1)).toBe(0);
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  test('[MED12] what is said into a microphone that nobody may hear is counted and never heard later', () => {
    const b = bench(false);
    const userId = 'u1' as UserId;
    b.mixer.apply({ floor: 'ai', humans: [{ userId, listening: true, mic: 'armed' }] });
    for (let round = 0; round < 5; round += 1) {
      b.speak();
      b.tick();
    }
    expect(b.microphones.get(userId)?.droppedFrames).toBe(5);
    b.mixer.apply({ floor: 'human', humans: [{ userId, listening: true, mic: 'live' }] });
    b.tick();
    expect(b.caller).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('[MED16] a whisper reaches the person who has the call and nobody else, and no frame of it the line, however modes follow', () => {
    const levels: number[] = [];
    const [ann, bob] = ['u1' as UserId, 'u2' as UserId];
    const b = bench(false, false, level => levels.push(level.human));
    for (const userId of VOICES.keys()) b.listen(userId);
    const coaching: HumanOnCall[] = [
      { userId: ann, listening: true, mic: 'live' },
      { userId: bob, listening: true, mic: 'armed', coaching: true },
    ];
    b.mixer.apply({ floor: 'human', humans: coaching });
    for (let round = 0; round < 8; round += 1) {
      b.whisper();
      b.tick();
    }
    expect(b.heardBy.get(ann)?.at(-1)?.value).toBe(CALLER + 64);
    expect(b.heardBy.get(bob)?.at(-1)?.value).toBe(CALLER);
    // Whoever goes from whispering to the line does not bring along what was only whispered.
    b.whisper();
    b.whisper();
    const aloud = coaching.map(human => ({ ...human, mic: 'barge' as const, coaching: false }));
    b.mixer.apply({ floor: 'human', humans: aloud });
    for (let round = 0; round < 8; round += 1) b.tick();
    expect(b.caller.every(heard => heard === 0)).toBe(true);
    expect(b.recorded.every(heard => heard === 0)).toBe(true);
    expect(b.humansHeard).toEqual([]);
    expect(levels.every(level => level === 0)).toBe(true);
  });

  test('[MED13] a listener gets one numbered frame per frame of the line, until it closes or the call ends', () => {
    const b = bench();
    const userId = 'u1' as UserId;
    b.mixer.apply({ floor: 'ai', humans: [{ userId, listening: true, mic: 'monitor' }] });
    const handle = b.listen(userId);
    for (let round = 0; round < 4; round += 1) b.tick();
    handle.close();
    b.tick();
    expect(b.heardBy.get(userId)?.map(frame => frame.sequence)).toEqual([0, 1, 2, 3]);
    let ended = 0;
    b.mixer.listen(
      userId,
      () => undefined,
      () => (ended += 1),
    );
    b.mixer.end();
    b.mixer.end();
    b.tick();
    expect(ended).toBe(1);
    expect(b.caller).toHaveLength(5);
  });
});
