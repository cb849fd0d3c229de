import { describe, expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { CallEvent, CallEventOf, CallEventType } from '#shared/events/call-event.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { noCardData } from '#worker/policies/no-card-data.ts';
import { runFaults } from '#tests/fakes/fault-schedule.ts';
import { SpeechRig } from '#tests/fakes/speech-rig.ts';
import document from '../../resources/policies/demo.json' with { type: 'json' };
import { verifySpoken, type ProofRule } from './verify-spoken.ts';

const { policies } = phrasePolicyDocumentSchema.parse(document);
const rules = compileRules(policies, [noCardData]);
const reply = { lane: 'B', origin: 'reply', turnId: null } as const;

/** A call with everything: an answer, a refusal, a cut, a takeover, and an answer after it. */
async function wholeCall(): Promise<readonly CallEvent[]> {
  const rig = new SpeechRig({ rules });
  const say = async (texts: readonly string[], runMs: number): Promise<void> => {
    const utterance = rig.open(reply);
    for (const text of texts) rig.gate.draft(utterance, { text, citations: [], noteIds: [], toolFacts: [] });
    rig.gate.end(utterance);
    await rig.run(runMs);
  };
  await say(['Your parcel is on its way. ', 'It is with the carrier. '], 300);
  await say(['I look for it. ', 'You will get a full refund. '], 200);
  await say(['This is a longer sentence that is cut in the middle of it. '], 40);
  rig.cut('barge-in');
  await say(['And this one is cut by a person who takes over. '], 40);
  rig.takeOver();
  await rig.run(100);
  rig.handBack();
  await say(['You are speaking with the assistant again. '], 200);
  return rig.finish();
}

const log = await wholeCall();

type Change = (events: CallEvent[]) => CallEvent[];
const alter =
  <Type extends CallEventType>(
    type: Type,
    change: (event: CallEventOf<Type>) => object,
    at: 'first' | 'last' = 'first',
  ): Change =>
  events => {
    const fits = (event: CallEvent): boolean => event.type === type;
    const index = at === 'first' ? events.findIndex(fits) : events.findLastIndex(fits);
    return events.map((event, place) =>
      place === index ? { ...event, ...change(event as CallEventOf<Type>) } : event,
    );
  };
const renumber = (events: readonly CallEvent[]): CallEvent[] =>
  events.map((event, seq) => ({ ...event, seq }));
const remove =
  (type: CallEventType): Change =>
  events =>
    renumber(
      events.toSpliced(
        events.findIndex(event => event.type === type),
        1,
      ),
    );

describe('what was spoken, from the log alone', () => {
  test('[MED43][MED45] an honest call passes, and every sample is accounted for', () => {
    const proof = verifySpoken(log);
    expect(proof.faults).toEqual([]);
    expect(proof).toMatchObject({ verdict: 'pass', chunksHeard: 6, unfinishedChunks: [] });
    const heardMs = log.reduce(
      (sum, event) =>
        event.type === 'chunk.spoken' || event.type === 'chunk.interrupted' ? sum + event.heardMs : sum,
      0,
    );
    expect(proof.audibleSamples).toBe(heardMs * 16);
  });

  test('[MED45] calls under random faults pass: the ledger and the log tell the same', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const run = await runFaults({
        random: seededRandom(seed),
        chunks: 30,
        phrasePolicies: policies,
        rules: planned => compileRules(policies, [planned, noCardData]),
        faults: 'on',
      });
      expect(verifySpoken(run.events).faults).toEqual([]);
    }
  });

  const saboteurs: readonly [string, ProofRule, Change][] = [
    ['a verdict is missing', 'verdict', remove('chunk.allowed')],
    ['a release is missing', 'verdict', remove('chunk.released')],
    ['another text was released', 'verdict', alter('chunk.released', () => ({ text: 'Free for all. ' }))],
    ['a veto counts as an allowance', 'verdict', alter('chunk.allowed', event => ({
      verdicts: event.verdicts.map(verdict => ({ ...verdict, decision: 'veto' })),
    }))],
    ['the release does not name its verdict', 'durable', alter('chunk.released', () => ({ verdictSeq: undefined }))],
    ['the verdict was on disk after the release', 'durable', alter('chunk.released', event => ({
      durableAtMs: event.atMs + 1,
    }))],
    ['a piece names a verdict of another chunk', 'verdict', alter('line.sounded', () => ({ auditIds: ['other'] }))],
    ['a piece was removed', 'chain', remove('line.sounded')],
    ['a piece has another hash', 'chain', alter('line.sounded', () => ({ pcmSha256: '0'.repeat(64) }))],
    ['a piece was made longer', 'chain', alter('line.sounded', event => ({ endSample: event.endSample + 320 }))],
    ['a piece was said twice', 'line', events => {
      const at = events.findIndex(event => event.type === 'line.sounded');
      return renumber(events.toSpliced(at, 0, events[at] as CallEvent));
    }],
    ['words that sounded are not in the log', 'heard', alter('chunk.interrupted', () => ({ heardText: '' }))],
    ['more is said to be heard than sounded', 'heard', alter('chunk.spoken', event => ({ heardMs: event.heardMs + 20 }))],
    ['a refused chunk sounded', 'verdict', events => {
      const refused = events.find(event => event.type === 'chunk.vetoed');
      return alter('line.sounded', () => ({ chunkId: refused?.chunkId }), 'last')(events);
    }],
    ['a chunk of an older epoch sounded', 'epoch', alter('line.sounded', () => ({ epoch: 0 }), 'last')],
    ['the AI spoke while a person had the floor', 'floor', events => {
      const from = events.findIndex(event => event.type === 'floor.changed' && event.holder === 'ai');
      return renumber(events.toSpliced(from, 1));
    }],
    ['the fence was too late', 'floor', alter('takeover.fenced', () => ({ lastAiSample: 10 }))],
    ['an event is missing', 'gap', events => events.toSpliced(3, 1)],
    ['a text was overruled that nobody may overrule', 'overruled', events => {
      const at = events.findIndex(event => event.type === 'chunk.vetoed');
      const refused = events[at] as CallEventOf<'chunk.vetoed'>;
      const overruled = {
        ...refused,
        type: 'chunk.overruled',
        policies: ['no-refund-promise'],
        userId: 'u1',
        userName: 'Morgan',
      } as unknown as CallEvent;
      return alter('chunk.vetoed', () => ({ overridable: false }))(renumber(events.toSpliced(at + 1, 0, overruled)));
    }],
    ['a policy was set aside in secret', 'overruled', alter('chunk.allowed', event => ({
      verdicts: event.verdicts.map(verdict => ({ ...verdict, reason: 'set-aside-by-supervisor' })),
    }))],
  ]; // prettier-ignore

  test.each(saboteurs)('[MED44][MED46] it fails when %s', (_name, rule, change) => {
    const proof = verifySpoken(change([...log]));
    expect(proof.verdict).toBe('fail');
    expect(proof.faults.map(fault => fault.rule)).toContain(rule);
  });

  test('[MED45] a chunk that a crash cut short is named as unfinished, and is no fault', () => {
    const at = log.findIndex(event => event.type === 'chunk.speaking');
    const cut = [...log.slice(0, at + 1), { ...log.at(-1), reason: 'worker-crashed' } as CallEvent];
    const proof = verifySpoken(renumber(cut));
    expect(proof).toMatchObject({ verdict: 'pass' });
    expect(proof.unfinishedChunks).toHaveLength(1);
  });
});
