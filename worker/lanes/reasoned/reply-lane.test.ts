import { describe, expect, test } from 'vitest';
import type { ReplyModel, ReplyPart, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { TurnId } from '#shared/domain/ids.ts';
import { scriptedGate } from '#tests/fakes/scripted-gate.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';
import { FALLBACK_SENTENCE, ReplyLane } from './reply-lane.ts';

const turnId = 'turn-1' as TurnId;
const request: ReplyRequest = {
  callerText: 'Hello?',
  intent: 'UNKNOWN',
  history: [],
  hits: [],
  tools: [],
  notes: [],
  rephrase: null,
};
const say = (text: string, more: Partial<ReplyPart> = {}): ReplyPart => ({
  text,
  citations: [],
  noteIds: [],
  ...more,
});

/** A model that answers its requests in turn; `null` fails. */
function scriptedModel(answers: readonly (readonly ReplyPart[] | null)[]) {
  const requests: ReplyRequest[] = [];
  const model: ReplyModel = {
    name: 'scripted',
    async *reply(asked) {
      const parts = answers[requests.push(asked) - 1];
      await settle();
      if (!parts) throw new Error('the model is down');
      yield* parts;
    },
  };
  return { model, requests };
}

function lane(answers: Parameters<typeof scriptedModel>[0]) {
  const bench = scriptedGate();
  const { model, requests } = scriptedModel(answers);
  const fallbacks: TurnId[] = [];
  const replies = new ReplyLane({
    gate: bench.gate,
    model,
    onFirstText: () => undefined,
    onFallback: id => fallbacks.push(id),
  });
  // The bench collects vetoes; the lane is told of each, as the session does.
  bench.vetoes.push = (...vetoes) => {
    vetoes.forEach(veto => replies.onVeto(veto));
    return vetoes.length;
  };
  const texts = async (signal = new AbortController().signal): Promise<string[]> => {
    const out: string[] = [];
    for await (const chunk of replies.answer({ turnId, request }, signal)) out.push(chunk.text);
    return out;
  };
  return { ...bench, replies, requests, fallbacks, texts, never: new AbortController().signal };
}

describe('Lane B', () => {
  test('[RSN3] a veto leads to one rephrase that knows what was refused', async () => {
    const b = lane([[say('Sorry. '), say('A VETO here. ')], [say('A safe sentence. ')]]);
    expect(await b.texts()).toEqual(['Sorry. ', 'A safe sentence. ']);
    expect(b.requests[1]?.rephrase).toEqual({
      text: 'A VETO here. ',
      policy: 'no-test-word',
      reason: 'test',
    });
    expect(b.fallbacks).toEqual([]);
  });

  test('[RSN3] a second veto leads to the fallback sentence and a call for a person', async () => {
    const b = lane([[say('VETO. ')], [say('VETO again. ')]]);
    expect(await b.texts()).toEqual([FALLBACK_SENTENCE]);
    expect(b.requests).toHaveLength(2);
    expect(b.fallbacks).toEqual([turnId]);
  });

  test('[RSN4] a model that fails leads to the fallback sentence', async () => {
    const b = lane([null]);
    expect(await b.texts()).toEqual([FALLBACK_SENTENCE]);
    expect(b.fallbacks).toEqual([turnId]);
  });

  test('[RSN5] citations and notes stay with their sentence, however the text is sliced', async () => {
    const citation = { kind: 'document', sourceId: 'doc', title: 'Doc', quote: 'quote' } as const;
    const b = lane([
      [
        say('First one', { citations: [citation] }),
        say(' here. '),
        say('Second', { noteIds: ['n1'] }),
        say(' here. '),
      ],
    ]);
    expect(await b.texts()).toEqual(['First one here. ', 'Second here. ']);
    expect([...b.ledger.all()].map(chunk => [chunk.citations.length, chunk.noteIds])).toEqual([
      [1, []],
      [0, ['n1']],
    ]);
  });

  test('[RSN7] a note is a source of the sentence that uses it, and of no other', async () => {
    const b = lane([[say('A call back tomorrow. ', { noteIds: ['n1'] }), say('It is here tomorrow. ')]]);
    const notes = [{ noteId: 'n1', text: 'Offer a call back tomorrow.' }];
    for await (const chunk of b.replies.answer({ turnId, request: { ...request, notes } }, b.never))
      void chunk;
    expect([...b.ledger.all()].map(chunk => chunk.toolFacts.map(fact => fact.value))).toEqual([
      ['Offer a call back tomorrow.'],
      [],
    ]);
  });

  test('[RSN6] a cancelled answer says nothing more and asks the model no second time', async () => {
    const abort = new AbortController();
    const b = lane([[say('VETO. ')], [say('Never asked. ')]]);
    abort.abort('cancelled');
    expect(await b.texts(abort.signal)).toEqual([]);
    expect(b.requests).toHaveLength(1);
  });

  test('[RSN40] an answer that is stopped gives up what has not begun to sound, also when it was drafted to its end', async () => {
    const b = lane([[say('One. '), say('Two. ')]]);
    expect(await b.texts()).toEqual(['One. ', 'Two. ']);
    b.replies.stop();
    expect([...b.ledger.all()].map(chunk => chunk.state)).toEqual(['withheld', 'withheld']);
  });
});
