import type { JournalEntry } from '#shared/adapters/journal.ts';
import { TEXT_PROVIDER, type CallEndReason } from '#shared/domain/call.ts';
import type { AuditId, CallId, OrgId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft, CallEventOf } from '#shared/events/call-event.ts';
import type { ChunkView } from '#shared/projections/call-timeline.ts';
import { appendToTimeline, emptyTimeline } from '#shared/projections/fold-timeline.ts';
import type { ChatAnswer } from '#shared/protocol/chat.ts';
import { ChunkLedger, type ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import { openGate } from '#worker/lanes/control/control-gate.ts';
import { ReplyLane } from '#worker/lanes/reasoned/reply-lane.ts';
import { LastLook } from '#worker/lanes/last-look.ts';
import { SpeechGate } from '#worker/lanes/speech-gate.ts';
import { NO_ATTENTION, stepAttention } from './attention.ts';
import { DEMO_CALL_SETTINGS } from './call-settings.ts';
import { permissionsOf } from '#worker/rulebook/org-rules.ts';
import { CallLog } from './call-log.ts';
import type { CallSessionDeps } from './call-needs.ts';
import { CallerTurns } from './caller-turns.ts';
import { ChunkReporter } from './chunk-reporter.ts';
import { appendToHistory, NO_HISTORY } from './conversation-history.ts';
import { plain } from './own-speech.ts';
import { ToolApprovals } from './tool-approvals.ts';
import { TurnMeasure } from './turn-measure.ts';
import { Whispers } from './whispers.ts';

export type TextConversationDeps = Pick<
  CallSessionDeps,
  'clock' | 'journal' | 'newId' | 'model' | 'sources' | 'policies'
> & { readonly orgId: OrgId; readonly displayName: string };

/**
 * A call without a line: the same turns, briefs, Lane B, gate and log, and no audio (API40). A released sentence counts as
 * heard at once. One turn at a time.
 */
export class TextConversation {
  readonly callId: CallId;
  readonly orgId: OrgId;
  readonly approvals: ToolApprovals;
  readonly #deps: TextConversationDeps;
  readonly #log: CallLog;
  readonly #gate: SpeechGate;
  readonly #reporter: ChunkReporter;
  readonly #caller: CallerTurns;
  readonly #startedMono: number;
  #history = NO_HISTORY;
  #attention = NO_ATTENTION;
  #timeline = emptyTimeline;
  #turn: Promise<unknown> = Promise.resolve();
  /** Sentences between two turns, such as that colleagues have agreed. */
  #between: string[] = [];

  constructor(callId: CallId, deps: TextConversationDeps) {
    const { clock, newId, journal, orgId, displayName } = deps;
    const append = (draft: CallEventDraft): JournalEntry | null => this.append(draft);
    const ledger = new ChunkLedger();
    const lastLook = new LastLook(() => deps.policies().gate);
    this.callId = callId;
    this.orgId = orgId;
    this.#deps = deps;
    this.#startedMono = clock.mono();
    this.#log = new CallLog({ journal, clock, newId, orgId, callId });
    this.#gate = new SpeechGate({
      clock,
      ledger,
      append,
      durable: entry => this.#log.durable(entry),
      newId,
      holdBackMs: () => 0,
      openGate: ({ origin }, onOutcome) =>
        openGate(deps.policies().gate, { origin }, { clock, auditId: () => newId() as AuditId, onOutcome }),
      onVeto: veto => lane.onVeto(veto),
      onChange: nothing,
    });
    const lane = new ReplyLane({
      gate: this.#gate,
      model: deps.model,
      onFirstText: nothing,
      onFallback: () => append({ type: 'attention.raised', reason: 'answer-failed' }),
    });
    this.#reporter = new ChunkReporter(callId, ledger, {
      append,
      notice: nothing,
      heard: nothing,
      refuses: chunk => lastLook.refuses(chunk),
      onRefused: (chunk, refusal) => this.#gate.refuse(chunk, refusal),
      onBrokenOff: nothing,
      onMissed: nothing,
      onStarted: nothing,
      onDrained: nothing,
    });
    this.approvals = new ToolApprovals({
      tools: deps.sources.tools,
      clock,
      newId,
      append,
      say: text => void this.#sayBetween(text),
    });
    const caller = { name: displayName, phone: null };
    this.#caller = new CallerTurns({
      callId,
      clock,
      newId,
      append,
      notice: nothing,
      confidence: () => deps.policies().confidence,
      // Text is whole when it comes: there is nothing to guess.
      speculation: () => null,
      brief: {
        ...deps.sources,
        permissions: () => permissionsOf(deps.policies()),
        callId,
        orgId,
        caller: () => caller,
        approvals: this.approvals,
        clock,
        newId,
        append,
      },
      history: () => this.#history.lines,
      lane,
      whispers: new Whispers(),
      measure: new TurnMeasure(),
      // Nobody listens to a text, and nothing of it is recorded; card numbers are replaced as everywhere.
      hushes: () => false,
      silentMs: () => 0,
      onCommitted: nothing,
      onAbandoned: nothing,
      onUnused: nothing,
      carriedNotes: () => ({ waiting: new Set(), vetoed: new Set() }),
    });
    append({
      type: 'call.ringing',
      from: null,
      displayName,
      line: 'Text',
      provider: TEXT_PROVIDER,
      simulated: false,
    });
    append({ type: 'call.connected', sampleRateHz: 16_000, brain: deps.model.name, voice: 'none' });
  }

  get ended(): boolean {
    return this.#log.ended;
  }

  append(draft: CallEventDraft): JournalEntry | null {
    const entry = this.#log.append(draft);
    if (!entry) return null;
    const { event } = entry;
    this.#history = appendToHistory(this.#history, event);
    this.#timeline = appendToTimeline(this.#timeline, event) ?? this.#timeline;
    const [attention, raised] = stepAttention(this.#attention, event, DEMO_CALL_SETTINGS.escalation);
    this.#attention = attention;
    if (raised) this.append({ type: 'attention.raised', ...raised });
    return entry;
  }

  /** One turn; a turn that comes while another runs waits for it. Rejects with `call.already-ended`. */
  say(text: string, signal: AbortSignal): Promise<ChatAnswer> {
    const turn = this.#turn.then(() => this.#take(text, signal));
    this.#turn = turn.catch(nothing);
    return turn;
  }

  end(reason: CallEndReason): void {
    if (this.#log.ended) return;
    this.approvals.close();
    this.#caller.cancel();
    this.#gate.stopAll('call-ended');
    this.append({
      type: 'call.ended',
      reason,
      durationMs: Math.max(0, this.#deps.clock.mono() - this.#startedMono),
    });
  }

  async #take(text: string, signal: AbortSignal): Promise<ChatAnswer> {
    if (this.#log.ended) throw appError('call.already-ended', 'The conversation has ended. Begin a new one.');
    const startedMono = this.#deps.clock.mono();
    const toolsBefore = this.#timeline.tools.length;
    const judged: CallEventOf<'intent.judged'>[] = [];
    const stop = this.#deps.journal.onEntry(({ event }) => {
      if (event.type === 'intent.judged' && event.conversationId === this.callId) judged.push(event);
    });
    try {
      this.#caller.onTranscript(text, true);
      this.#caller.commit();
      const answer = this.#caller.answer(signal);
      if (!answer) throw appError('input.invalid', 'There is nothing to answer.');
      const heard = this.#between.splice(0);
      for await (const chunk of answer.chunks) heard.push(this.#heard(chunk));
      const intent = judged.at(-1);
      return {
        conversationId: this.callId,
        turnId: answer.turnId,
        text: heard.map(sentence => sentence.trim()).join(' '),
        intent: intent?.intent ?? 'UNKNOWN',
        confidenceRatio: intent?.confidenceRatio ?? 0,
        allowedTools: intent?.allowedTools ?? [],
        sentences: this.#timeline.chunkOrder
          .flatMap(chunkId => this.#timeline.chunks[chunkId] ?? [])
          .filter(chunk => chunk.turnId === answer.turnId)
          .map(sentenceOf),
        tools: this.#timeline.tools
          .slice(toolsBefore)
          .map(({ tool, status, latencyMs }) => ({ tool, status, latencyMs })),
        tookMs: Math.max(0, this.#deps.clock.mono() - startedMono),
      };
    } finally {
      stop();
    }
  }

  /** Nobody plays it: what was released is heard at once, by the same steps as on a line. */
  #heard(chunk: ChunkRecord): string {
    this.#reporter.queued(chunk.chunkId);
    if (!this.#reporter.speaking(chunk.chunkId)) return '';
    this.#reporter.spoken(chunk.chunkId);
    return chunk.text;
  }

  async #sayBetween(text: string): Promise<void> {
    const utterance = this.#gate.open({ lane: 'B', origin: 'notice', turnId: null });
    this.#gate.draft(utterance, plain(text));
    this.#gate.end(utterance);
    for await (const chunk of utterance.released) this.#between.push(this.#heard(chunk));
  }
}

const nothing = (): void => undefined;

function sentenceOf(chunk: ChunkView): ChatAnswer['sentences'][number] {
  const { chunkId, origin, state, text, citations, verdicts, veto } = chunk;
  return {
    chunkId,
    origin,
    state,
    // Only what was heard: a draft that was refused, or never came to its turn, is nobody's to read (API40).
    text: state === 'spoken' ? text : '',
    citations: [...citations],
    verdicts: [...verdicts],
    veto: veto ? { policy: veto.policy, reason: veto.reason } : null,
  };
}
