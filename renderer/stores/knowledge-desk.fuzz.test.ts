import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeDesk } from '#tests/fixtures/fake-desk.ts';
import { FakeKnowledge, UNREACHABLE } from '#tests/fixtures/fake-knowledge.ts';
import { SteppedClock } from '#tests/fixtures/stepped-clock.ts';
import { createKnowledge } from './knowledge.ts';
import { KEEP_AFTER_MS } from './knowledge-desk.ts';
import { createSyncStore } from './sync-store.ts';
import { createUiStore } from './ui-store.ts';

type Step =
  | { readonly do: 'type'; readonly word: string }
  | { readonly do: 'save' | 'others' | 'wait' | 'leave' | 'return' | 'publish' }
  | { readonly do: 'tick'; readonly turns: number }
  | { readonly do: 'disk'; readonly isFull: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('type' as const), word: fc.stringMatching(/^[a-z]{3}$/u) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('save', 'others', 'wait', 'leave', 'return', 'publish'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tick' as const), turns: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disk' as const), isFull: fc.boolean() }) },
);
/** Answers come after a few of these: what is done between them is done while something is under way. */
const ripple = async (turns = 60): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
};

test('[KNW9][KNW10][KNW11] whatever a person and others do in whatever order, the last text typed is in the editor, kept, or a revision', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const desk = new FakeDesk();
      const knowledge = new FakeKnowledge(desk, [
        { docId: 'a', markdown: 'first' },
        { docId: 'b', markdown: 'other' },
      ]);
      const clock = new SteppedClock();
      const console = createKnowledge({
        bridge: desk,
        clock,
        ui: createUiStore(),
        sync: createSyncStore(desk).state,
        isLive: () => true,
      });
      const stop = console.start();
      await console.desk.open('a');
      let typed: string | null = null;
      let isFull = false;
      let words = 0;
      for (const one of steps) {
        const article = console.desk.state.getState();
        switch (one.do) {
          case 'type':
            if (article.name !== 'open' || article.doc?.docId !== 'a') break;
            words += 1;
            typed = `${article.text.markdown} ${one.word}${words}`;
            console.desk.type(typed);
            break;
          case 'save':
            void console.desk.save();
            break;
          case 'publish':
            void console.desk.publish();
            break;
          case 'others':
            knowledge.others('a', `written by others ${words}`);
            break;
          case 'wait':
            clock.step(KEEP_AFTER_MS);
            break;
          case 'leave':
            // Nothing can be kept on a full disk, and the screen says so; nobody who reads that goes on.
            if (!isFull) await console.desk.open('b');
            break;
          case 'return':
            await console.desk.open('a');
            break;
          case 'tick':
            await ripple(one.turns);
            break;
          case 'disk':
            isFull = one.isFull;
            for (const name of ['save-knowledge', 'keep-unsaved-knowledge'] as const)
              if (isFull) knowledge.refusals.set(name, { ...UNREACHABLE, code: 'storage.full' });
              else knowledge.refusals.delete(name);
        }
      }
      await ripple();
      const article = console.desk.state.getState();
      const stored = knowledge.docs.get('a');
      const places = [
        ...(article.name === 'open' && article.doc?.docId === 'a' ? [article.text.markdown] : []),
        ...(stored?.unsaved ? [stored.unsaved.markdown] : []),
        ...(stored?.revisions ?? []).map(({ markdown }) => markdown),
      ];
      if (typed !== null) expect(places).toContain(typed);
      stop();
    }),
    { numRuns: 4_000 },
  );
});
