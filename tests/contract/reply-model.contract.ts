import { expect } from 'vitest';
import type { ReplyModel, ReplyPart, ReplyRequest } from '#shared/adapters/reply-model.ts';

export interface ReplyModelHarness {
  readonly model: ReplyModel;
  /** Makes every further answer fail. */
  breakIt(): Promise<void> | void;
}

export interface ReplyModelCase {
  readonly title: string;
  run(harness: ReplyModelHarness): Promise<void>;
}

/** A question that one passage answers. */
export const QUESTION: ReplyRequest = {
  callerText: 'Why is there a fee of four euros?',
  intent: 'UNKNOWN',
  history: [{ speaker: 'ai', text: 'How can I help you?' }],
  hits: [
    {
      docId: 'invoices',
      title: 'Invoices',
      section: 'Fees',
      quote: 'The fee is four euros.',
      span: [120, 142],
      scoreRatio: 0.9,
    },
  ],
  tools: [],
  notes: [],
  rephrase: null,
};
const never = new AbortController().signal;

export async function partsOf(model: ReplyModel, signal: AbortSignal = never): Promise<readonly ReplyPart[]> {
  const parts: ReplyPart[] = [];
  for await (const part of model.reply(QUESTION, signal)) parts.push(part);
  return parts;
}

/** Every rule of a brain, as data, so that a saboteur can be run against each of them too. */
export const REPLY_MODEL_CONTRACT: readonly ReplyModelCase[] = [
  {
    title: '[PRO40] says something, in order, without markers',
    run: async ({ model }) => {
      const text = (await partsOf(model)).map(part => part.text).join('');
      expect(text.trim()).not.toBe('');
      expect(text).toMatch(/^\S/u);
      expect(text).not.toMatch(/\[[ptn]?\d/iu);
      expect(text).toContain('The fee is four euros.');
    },
  },
  {
    title: '[PRO40] cites only what it was given, to the letter and at its span',
    run: async ({ model }) => {
      const cited = (await partsOf(model)).flatMap(part => part.citations);
      expect(cited.length).toBeGreaterThan(0);
      for (const citation of cited)
        expect(citation).toMatchObject({
          kind: 'document',
          sourceId: 'invoices',
          quote: 'The fee is four euros.',
          span: [120, 142],
        });
    },
  },
  {
    title: '[PRO40][PRO14] an abort ends the answer without an error',
    run: async ({ model }) => {
      const abort = new AbortController();
      let after = 0;
      for await (const part of model.reply(QUESTION, abort.signal)) {
        if (abort.signal.aborted) after += part.text.length;
        abort.abort('barge-in');
      }
      expect(after).toBe(0);
      expect(await partsOf(model, AbortSignal.abort('gone'))).toEqual([]);
    },
  },
  {
    title: '[PRO15] a failure is an error of ours that tells nothing of what was asked',
    run: async ({ model, breakIt }) => {
      await breakIt();
      const failure = await partsOf(model).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({
        body: { code: expect.stringMatching(/^provider\./u), origin: 'provider' },
      });
      expect(JSON.stringify(failure)).not.toMatch(/fee|euros|key-of-the-test/u);
    },
  },
  {
    title: '[PRO40] answers again after an abort',
    run: async ({ model }) => {
      const abort = new AbortController();
      for await (const _part of model.reply(QUESTION, abort.signal)) abort.abort('barge-in');
      expect((await partsOf(model)).map(part => part.text).join('')).toContain('four euros');
    },
  },
];
