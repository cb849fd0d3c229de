import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { CallId, NoteId, TurnId, OrgId } from '#shared/domain/ids.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { AuditId } from '#shared/domain/ids.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { ChunkLedger } from '#worker/lanes/chunk-ledger.ts';
import { compileRules, openGate } from '#worker/lanes/control/control-gate.ts';
import { ReplyLane } from '#worker/lanes/reasoned/reply-lane.ts';
import { DEFAULT_OVERLAP, type OverlapSettings } from '#worker/lanes/reasoned/speculation-machine.ts';
import { SpeechGate } from '#worker/lanes/speech-gate.ts';
import { Belt } from '#worker/media/belt.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import type { TurnBriefDeps } from '#worker/session/turn-brief.ts';
import { CallerTurns } from '#worker/session/caller-turns.ts';
import { speculativeBrief } from '#worker/session/speculative-brief.ts';
import { Speculation } from '#worker/session/speculation.ts';
import { TurnMeasure } from '#worker/session/turn-measure.ts';
import { VoicePath } from '#worker/session/voice-path.ts';
import { Whispers } from '#worker/session/whispers.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { createVirtualClock } from './virtual-clock.ts';
import policies from '../../resources/policies/demo.json' with { type: 'json' };

/** What the caller heard in 20 ms, and of which turn it is an answer. */
export interface HeardPiece {
  readonly text: string;
  readonly turnId: TurnId | null;
  readonly atMs: number;
}

export interface OverlapBenchOptions {
  readonly overlap?: OverlapSettings | null;
  readonly modelMs: number;
  readonly voiceMs: number;
  readonly retrievalMs?: number;
  readonly holdBackMs?: number;
  readonly diskMs?: number;
  readonly model?: ReplyModel;
  readonly tools?: ToolRegistry;
}

/** Lane B of one call with its real gate, lane, speculation and belt, on a virtual clock; the session around it is played. */
export function overlapBench(options: OverlapBenchOptions) {
  const clock = createVirtualClock();
  const ledger = new ChunkLedger();
  const events: CallEventDraft[] = [];
  const heard: HeardPiece[] = [];
  const voiced: string[] = [];
  const turnOf = new Map<string, TurnId | null>();
  let ids = 0;
  let snapshot = 1;
  let spokenLines = 0;
  const newId = (): string => `id-${String(++ids)}`;
  const after = (ms: number): Promise<void> => new Promise(resolve => clock.after(ms, resolve));
  const append = (draft: CallEventDraft): JournalEntry => {
    events.push(draft);
    if (draft.type === 'chunk.drafted') turnOf.set(draft.chunkId, draft.turnId ?? null);
    if (draft.type === 'chunk.spoken') spokenLines += 1;
    return { position: events.length, event: draft as CallEvent };
  };
  const rules = compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES);
  const gate = new SpeechGate({
    clock,
    ledger,
    append,
    durable: () => (options.diskMs ? after(options.diskMs) : Promise.resolve()),
    newId,
    holdBackMs: () => options.holdBackMs ?? 0,
    openGate: ({ origin }, onOutcome) =>
      openGate(rules, { origin }, { clock, auditId: () => newId() as AuditId, onOutcome }),
    onVeto: veto => lane.onVeto(veto),
    onGuessJudged: chunk => voicePath.prepare(chunk),
    onChange: () => undefined,
  });
  const voicePath = new VoicePath({
    voice: {
      name: 'test',
      synthesise: async text => {
        voiced.push(text);
        await after(options.voiceMs);
        return { samples: new Int16Array(640), marks: [{ chars: text.length, sample: 640 }] };
      },
    },
    nowMono: () => clock.mono(),
    onVoiced: (chunk, durationMs) => {
      chunk.durationMs = durationMs;
    },
    onFailed: chunk => gate.withhold(chunk, 'voice-failed'),
  });
  const lane = new ReplyLane({
    gate,
    model: options.model ?? echoModel(() => after(options.modelMs)),
    onFirstText: () => undefined,
    onFallback: () => undefined,
  });
  const whispers = new Whispers();
  const sources = {
    knowledge: () => ({
      snapshotId: `s${String(snapshot)}`,
      search: async () => {
        await after(options.retrievalMs ?? 0);
        return [];
      },
    }),
    tools: options.tools ?? new ToolRegistry([]),
  };
  const brief: TurnBriefDeps = {
    ...sources,
    callId: 'call-1' as CallId,
    orgId: 'org-1' as OrgId,
    caller: () => ({ name: 'Caller', phone: null }),
    approvals: {
      request: () => {
        throw new Error('no tool here needs two people');
      },
    },
    clock,
    newId,
    append,
  };
  const overlap = options.overlap === undefined ? DEFAULT_OVERLAP : options.overlap;
  const speculation =
    overlap &&
    new Speculation({
      clock,
      newId,
      append,
      settings: overlap,
      gate,
      lane,
      context: () => JSON.stringify([snapshot, whispers.waiting, ledger.epoch, spokenLines]),
      onDiscarded: () => voicePath.dropPrepared(),
      brief: (turnId, text, signal, keep) =>
        speculativeBrief(
          { ...brief, append: keep },
          { turnId, text, history: [], notes: whispers.offer(turnId), signal, effects: 'reads' },
        ),
    });
  const belt = new Belt(
    ledger,
    {
      queued: chunkId => void ledger.move(required(ledger.get(chunkId)), 'queued'),
      speaking: chunkId => ledger.move(required(ledger.get(chunkId)), 'speaking'),
      progress: () => undefined,
      brokenOff: () => undefined,
      missed: () => undefined,
      spoken: chunkId => {
        ledger.move(required(ledger.get(chunkId)), 'spoken');
        append({ type: 'chunk.spoken', chunkId, heardMs: 40 });
      },
      drained: () => undefined,
    },
    () => true,
  );
  const turns = new CallerTurns({
    callId: 'call-1' as CallId,
    clock,
    newId,
    append,
    notice: () => undefined,
    hushes: () => false,
    brief,
    confidence: () => null,
    history: () => [],
    lane,
    speculation: () => speculation,
    whispers,
    measure: new TurnMeasure(),
    silentMs: () => 0,
    onCommitted: () => undefined,
    onAbandoned: () => undefined,
    carriedNotes: () => ({ waiting: new Set(), vetoed: new Set() }),
    onUnused: () => undefined,
  });

  /** As the session does it: released chunks to frames, in order. */
  async function play(): Promise<void> {
    const answer = turns.answer(new AbortController().signal);
    if (!answer) return;
    const track = newId();
    belt.open(track, 'B');
    for await (const chunk of answer.chunks) {
      for (const frame of await voicePath.voice(chunk, new AbortController().signal))
        await belt.offer(track, frame);
    }
    belt.close(track);
  }
  const pull = (): void => {
    const tag = belt.pull()?.tag;
    if (tag) {
      const text = required(ledger.get(tag.chunkId)).text;
      heard.push({ text, turnId: turnOf.get(tag.chunkId) ?? null, atMs: clock.mono() });
    }
    clock.after(20, pull);
  };
  clock.after(20, pull);

  return {
    clock,
    events,
    heard,
    voiced,
    gate,
    ledger,
    turns,
    speculation,
    /** The caller's words so far in this piece of speech. */
    say: (text: string, kind: 'interim' | 'final') => turns.onTranscript(text, kind === 'final'),
    pause: () => speculation?.paused(),
    /** Confirmed speech of the caller ends whatever the AI says or is about to say. */
    resume: () => {
      speculation?.resumed();
      if (belt.sounding) {
        belt.cut();
        gate.cut('barge-in');
      }
      turns.cancel();
      lane.stop();
    },
    commit: (): boolean => {
      const committed = turns.commit();
      if (committed) void play();
      return committed;
    },
    whisper: (text: string) => {
      const noteId = newId() as NoteId;
      speculation?.contextChanged('note-arrived');
      whispers.add(noteId, text);
    },
    rotate: () => {
      snapshot += 1;
    },
    of: <Type extends CallEventDraft['type']>(type: Type) =>
      events.filter((event): event is Extract<CallEventDraft, { type: Type }> => event.type === type),
  };
}

/** Says back which words it was asked about, and which notes it knew. */
function echoModel(wait: () => Promise<void>): ReplyModel {
  return {
    name: 'echo',
    async *reply({ callerText, notes, rephrase }) {
      await wait();
      if (rephrase) yield { text: 'I can open a request for you. ', citations: [], noteIds: [] };
      else {
        const promise = callerText.includes('promise') ? 'I guarantee it. ' : '';
        const known = notes.map(note => note.text).join(' ');
        yield { text: `About [${callerText}] [${known}]. `, citations: [], noteIds: [] };
        await wait();
        yield { text: `${promise}That is all on [${callerText}]. `, citations: [], noteIds: [] };
      }
    },
  };
}

function required<Value>(value: Value | null): Value {
  if (value === null) throw new Error('a chunk sounded that nobody drafted');
  return value;
}
