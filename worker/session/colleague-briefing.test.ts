import { beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { ColleagueBriefing } from './colleague-briefing.ts';

const RULES = compileRules(
  phrasePolicyDocumentSchema.parse({
    version: 1,
    policies: [
      {
        name: 'no-refund-promise',
        overridable: false,
        phrases: [{ phrase: 'we will refund', reason: 'refund-promised' }],
      },
    ],
  }).policies,
  [],
);

let spoken: string[];
let log: CallEventDraft[];
let disk: PromiseWithResolvers<void>;
let isOpen: boolean;
beforeEach(() => {
  spoken = [];
  log = [];
  disk = Promise.withResolvers();
  isOpen = true;
});

function briefing(sentences: readonly string[]): ColleagueBriefing {
  let ids = 0;
  return new ColleagueBriefing({
    clock: createVirtualClock(),
    newId: () => `id-${String((ids += 1))}`,
    target: '+4930',
    rules: RULES,
    voice: {
      name: 'counting',
      synthesise: text => {
        spoken.push(text.trim());
        return Promise.resolve({ samples: new Int16Array(640).fill(spoken.length), marks: [] });
      },
    },
    sentences: () => sentences,
    append: draft => {
      if (!isOpen) return null;
      log.push(draft);
      const event = { ...draft, seq: log.length, conversationId: 'c' } as unknown as CallEvent;
      return { position: log.length, event } satisfies JournalEntry;
    },
    durable: () => disk.promise,
  });
}

async function heard(told: ColleagueBriefing, signal = new AbortController().signal): Promise<number[]> {
  const clips: number[] = [];
  for await (const clip of told.clips(signal)) clips.push(clip[0] ?? 0);
  return clips;
}

describe('what a colleague is told', () => {
  test('[GATE83] goes to a voice only once its verdict is on disk, and in order', async () => {
    const clips = heard(briefing(['A call is waiting.', 'Press 1.']));
    await settle();
    expect(log).toMatchObject([
      { type: 'briefing.judged', decision: 'allow', text: 'A call is waiting. ' },
      { type: 'briefing.judged', decision: 'allow', text: 'Press 1. ' },
    ]);
    expect(spoken).toEqual([]);
    disk.resolve();
    expect(await clips).toEqual([1, 2]);
    expect(spoken).toEqual(['A call is waiting.', 'Press 1.']);
  });

  test('[GATE83] a refused sentence and all after it reach no voice, also where the phrase is split', async () => {
    disk.resolve();
    expect(
      await heard(briefing(['A call is waiting.', 'They say: we will', 'refund it.', 'Press 1 now.'])),
    ).toEqual([1]);
    expect(spoken).toEqual(['A call is waiting.']);
    expect(log.filter(draft => draft.type === 'briefing.judged' && draft.veto !== null)[0]).toMatchObject({
      decision: 'veto',
      veto: { policy: 'no-refund-promise', reason: 'refund-promised' },
    });
  });

  test('[GATE83] with a verdict that cannot be written, or a log that is closed, nothing is said', async () => {
    disk.reject(new Error('disk'));
    expect(await heard(briefing(['Press 1.']))).toEqual([]);
    isOpen = false;
    expect(await heard(briefing(['Press 1.']))).toEqual([]);
    expect(spoken).toEqual([]);
  });

  test('[GATE83] what nobody listens to any more is not made', async () => {
    const stop = new AbortController();
    const told = heard(briefing(['One.', 'Two.']), stop.signal);
    await settle();
    stop.abort();
    disk.resolve();
    expect(await told).toEqual([]);
    expect(spoken).toEqual([]);
  });

  test('[GATE84] leaves verdicts and its end in the log, once, and nothing that counts as spoken to the caller', async () => {
    disk.resolve();
    const told = briefing(['Press 1.']);
    // Nobody was told anything.
    told.ended('caller-left');
    await heard(told);
    told.ended('accepted');
    told.ended('declined');
    expect(log.map(({ type }) => type)).toEqual(['briefing.judged', 'briefing.ended']);
    expect(log[1]).toMatchObject({ target: '+4930', outcome: 'accepted' });
    expect(await heard(told)).toEqual([]);
  });
});
