import type { CallEvent, CallEventOf } from '#shared/events/call-event.ts';
import { soundChainNext, soundChainStart } from './sound-chain.ts';

/** One thing in a call's log that does not hold. `seq` names the event. */
export interface ProofFault {
  readonly rule: ProofRule;
  readonly seq: number;
  readonly says: string;
}

export const PROOF_RULES = [
  'gap', // the log is not whole
  'chain', // an entry of the sink ledger was changed, added or removed
  'verdict', // audible without an allowing verdict
  'durable', // the verdict was not on disk before the sound
  'overruled', // a refused text was released without the right to
  'stopped', // audible after it was vetoed, withheld or ended
  'span', // the pieces of a chunk are not its text, once and in order
  'line', // two pieces at the same place of the line
  'epoch', // speech of an older epoch
  'floor', // AI speech while a person had the floor
  'heard', // what the log says was heard is not what went to the line
] as const;
export type ProofRule = (typeof PROOF_RULES)[number];

export interface SpokenProof {
  readonly callId: string;
  readonly verdict: 'pass' | 'fail';
  readonly faults: readonly ProofFault[];
  readonly chunksHeard: number;
  readonly pieces: number;
  readonly audibleSamples: number;
  /** Characters that were audible. */
  readonly audibleChars: number;
  /** The worker died while a chunk sounded: its last piece is not in the ledger. */
  readonly unfinishedChunks: readonly string[];
}

interface Chunk {
  readonly epoch: number;
  allowed: { readonly seq: number; readonly auditIds: readonly string[]; readonly text: string } | null;
  released: CallEventOf<'chunk.released'> | null;
  speakingSeq: number | null;
  stoppedSeq: number | null;
  /** Said to be heard to the end, or this many characters of it. */
  ended: { readonly seq: number; readonly heardMs: number; readonly heardText: string | null } | null;
  vetoed: CallEventOf<'chunk.vetoed'> | null;
  /** A person released it. */
  overruled: CallEventOf<'chunk.overruled'> | null;
  /** The release that this chunk exists by. */
  readonly rightOf: CallEventOf<'chunk.overruled'> | null;
  draftText: string;
  samples: number;
  chars: number;
}

/**
 * Proves from a call's log alone what was spoken: every audible piece has an allowing verdict that was on disk before it, in
 * its epoch, on the AI's floor, once, and nothing else was audible (MED45-MED47). Pure; trusts no program that wrote the log
 * beyond what the log and its chain say.
 */
export function verifySpoken(events: readonly CallEvent[]): SpokenProof {
  const faults: ProofFault[] = [];
  const chunks = new Map<string, Chunk>();
  let epoch = 0;
  let floor: 'ai' | 'human' = 'ai';
  let lineSample = 0;
  let fencedSample = 0;
  let pieces = 0;
  let audibleSamples = 0;
  let audibleChars = 0;
  let crashed = false;
  /** A conversation in text has no line: what was released was read. */
  let written = false;
  const callId = events[0]?.conversationId ?? '';
  let chain = soundChainStart(callId);
  const fault = (rule: ProofRule, event: CallEvent, says: string): void => {
    faults.push({ rule, seq: event.seq, says });
  };

  events.forEach((event, index) => {
    if (event.seq !== index) fault('gap', event, `event ${event.seq} stands at place ${index}`);
    if (event.conversationId !== callId) fault('gap', event, 'an event of another call');
    const chunk = 'chunkId' in event ? chunks.get(event.chunkId) : undefined;
    switch (event.type) {
      case 'chunk.drafted':
        if (chunks.has(event.chunkId)) fault('gap', event, `chunk ${event.chunkId} was drafted twice`);
        epoch = Math.max(epoch, event.epoch);
        {
          const rightOf = chunks.get(event.overrules ?? '')?.overruled ?? null;
          chunks.set(event.chunkId, newChunk(event, rightOf));
          if (event.origin === 'override' && rightOf === null)
            fault('overruled', event, `chunk ${event.chunkId} says what nobody has released`);
        }
        return;
      case 'chunk.overruled': {
        if (chunk?.vetoed?.overridable !== true)
          fault('overruled', event, `chunk ${event.chunkId} was not refused in a way a person may overrule`);
        if (chunk) chunk.overruled = event;
        return;
      }
      case 'chunk.allowed':
      case 'chunk.redacted': {
        if (!chunk) return fault('verdict', event, `a verdict for the unknown chunk ${event.chunkId}`);
        const setAside = event.verdicts.filter(verdict => verdict.reason === 'set-aside-by-supervisor');
        if (event.verdicts.some(verdict => verdict.decision === 'veto'))
          fault('verdict', event, `chunk ${event.chunkId} passed against a veto`);
        if (setAside.some(verdict => chunk.rightOf?.policies.includes(verdict.policy) !== true))
          fault('overruled', event, `chunk ${event.chunkId} set a policy aside that nobody overruled`);
        chunk.allowed = {
          seq: event.seq,
          auditIds: event.verdicts.map(verdict => verdict.auditId),
          text: event.type === 'chunk.redacted' ? event.text : chunk.draftText,
        };
        return;
      }
      case 'chunk.released':
        if (!chunk?.allowed)
          return fault('verdict', event, `chunk ${event.chunkId} was released without a verdict`);
        if (event.text !== chunk.allowed.text)
          fault('verdict', event, `chunk ${event.chunkId} was released with another text`);
        if (
          event.verdictSeq !== chunk.allowed.seq ||
          event.durableAtMs === undefined ||
          event.durableAtMs > event.atMs
        )
          fault('durable', event, `chunk ${event.chunkId} was released before its verdict was on disk`);
        chunk.released = event;
        return;
      case 'chunk.speaking':
        if (!chunk?.released)
          return fault('verdict', event, `chunk ${event.chunkId} sounded without a release`);
        if (chunk.stoppedSeq !== null) fault('stopped', event, `chunk ${event.chunkId} had been stopped`);
        if (floor === 'human')
          fault('floor', event, `chunk ${event.chunkId} began while a person had the floor`);
        chunk.speakingSeq = event.seq;
        return;
      case 'chunk.vetoed':
      case 'chunk.withheld':
        if (!chunk) return;
        chunk.stoppedSeq ??= event.seq;
        if (event.type === 'chunk.vetoed') chunk.vetoed = event;
        if (chunk.speakingSeq !== null)
          fault('stopped', event, `chunk ${event.chunkId} was stopped after it had begun to sound`);
        return;
      case 'chunk.spoken':
      case 'chunk.interrupted':
        if (!chunk) return fault('heard', event, `an end of the unknown chunk ${event.chunkId}`);
        if (chunk.ended) fault('heard', event, `chunk ${event.chunkId} ended twice`);
        chunk.ended = {
          seq: event.seq,
          heardMs: event.heardMs,
          heardText: event.type === 'chunk.interrupted' ? event.heardText : null,
        };
        return;
      case 'takeover.fenced':
        epoch = Math.max(epoch, event.epoch);
        if (event.lastAiSample >= 0 && lineSample > event.lastAiSample + 1)
          fault('floor', event, `the AI sounded after the fence at sample ${event.lastAiSample}`);
        fencedSample = Math.max(fencedSample, event.lastAiSample + 1);
        return;
      case 'floor.changed':
        floor = event.holder;
        return;
      case 'call.connected':
        written = event.voice === 'none';
        return;
      case 'call.ended':
        crashed = event.reason === 'worker-crashed';
        return;
      case 'call.resumed':
        // Another host: its samples and epochs count from the start of its own line.
        [lineSample, fencedSample, epoch] = [0, 0, 0];
        return;
      case 'line.sounded': {
        pieces += 1;
        const length = event.endSample - event.startSample;
        audibleSamples += length;
        const next = soundChainNext(chain, event);
        if (next !== event.chainSha256)
          fault('chain', event, 'the entry does not follow from those before it');
        chain = event.chainSha256;
        if (event.startSample < lineSample)
          fault('line', event, `sample ${event.startSample} of the line was taken already`);
        lineSample = Math.max(lineSample, event.endSample);
        if (!chunk?.released || !chunk.allowed)
          return fault('verdict', event, `chunk ${event.chunkId} was audible without an allowing verdict`);
        if (chunk.allowed.seq >= event.seq || chunk.released.seq >= event.seq)
          fault('durable', event, `chunk ${event.chunkId} was audible before its verdict`);
        if (event.auditIds.join() !== chunk.allowed.auditIds.join() || event.auditIds.length === 0)
          fault('verdict', event, `chunk ${event.chunkId} names verdicts that it does not have`);
        if (chunk.stoppedSeq !== null) fault('stopped', event, `chunk ${event.chunkId} had been stopped`);
        if (event.epoch !== chunk.epoch || (event.epoch < epoch && chunk.ended === null))
          fault(
            'epoch',
            event,
            `chunk ${event.chunkId} is of epoch ${event.epoch}, and the call is at ${epoch}`,
          );
        if (floor === 'human' && event.endSample > fencedSample)
          fault('floor', event, `chunk ${event.chunkId} was audible while a person had the floor`);
        const [from, to] = event.span;
        if (event.chunkSample !== chunk.samples || from !== chunk.chars || to < from)
          fault('span', event, `chunk ${event.chunkId} does not go on where it was`);
        if (to > chunk.released.text.length)
          fault('span', event, `chunk ${event.chunkId} says more than its text`);
        audibleChars += Math.max(0, to - from);
        chunk.samples += length;
        chunk.chars = to;
        return;
      }
      default:
        return;
    }
  });

  const last = events.at(-1);
  const unfinishedChunks: string[] = [];
  let chunksHeard = 0;
  for (const [chunkId, chunk] of chunks) {
    if (chunk.samples > 0) chunksHeard += 1;
    if (chunk.ended === null) {
      if (chunk.speakingSeq === null) continue;
      if (crashed) unfinishedChunks.push(chunkId);
      else if (last) fault('heard', last, `chunk ${chunkId} began to sound and has no end`);
      continue;
    }
    if (written) continue;
    const { seq, heardMs, heardText } = chunk.ended;
    const at = events[seq];
    if (!at) continue;
    const text = chunk.released?.text ?? '';
    if (Math.abs(heardMs * 16 - chunk.samples) > 0.5)
      fault(
        'heard',
        at,
        `chunk ${chunkId}: ${heardMs} ms are logged, ${chunk.samples / 16} ms went to the line`,
      );
    if (heardText === null && chunk.chars !== text.length)
      fault(
        'heard',
        at,
        `chunk ${chunkId} counts as spoken, and ${text.length - chunk.chars} characters did not sound`,
      );
    if (heardText !== null && heardText !== text.slice(0, chunk.chars))
      fault('heard', at, `chunk ${chunkId}: the words logged as heard are not those that sounded`);
  }
  return {
    callId,
    verdict: faults.length === 0 ? 'pass' : 'fail',
    faults,
    chunksHeard,
    pieces,
    audibleSamples,
    audibleChars,
    unfinishedChunks,
  };
}

function newChunk(event: CallEventOf<'chunk.drafted'>, rightOf: Chunk['rightOf']): Chunk {
  return {
    rightOf,
    epoch: event.epoch,
    allowed: null,
    released: null,
    speakingSeq: null,
    stoppedSeq: null,
    ended: null,
    vetoed: null,
    overruled: null,
    draftText: event.text,
    samples: 0,
    chars: 0,
  };
}
