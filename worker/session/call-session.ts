// The wiring list of one call: makes the parts and connects them, and decides nothing itself. Over 500 lines because this is
// the one place where all parts meet.
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { AppliedMatrix } from '#shared/adapters/media-plane.ts';
import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import type { AudibilityInput } from '#shared/domain/audibility.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ, msOf } from '#shared/domain/audio-format.ts';
import type { CallEndReason, FloorHolder } from '#shared/domain/call.ts';
import type { AuditId, CallId, NoteId, TurnId, UserId } from '#shared/domain/ids.ts';
import type { WithholdCause } from '#shared/domain/lanes.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { appError } from '#shared/errors/app-error.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';
import { spokenBrief } from '#shared/projections/spoken-brief.ts';
import { ChunkLedger, isPending, type ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import { openGate } from '#worker/lanes/control/control-gate.ts';
import { ReplyLane } from '#worker/lanes/reasoned/reply-lane.ts';
import { decideReflex, type ComingAnswer } from '#worker/lanes/reflex/decide-reflex.ts';
import { ShadowLane } from '#worker/lanes/reasoned/shadow-lane.ts';
import { LastLook } from '#worker/lanes/last-look.ts';
import { SpeechGate, type DraftPart } from '#worker/lanes/speech-gate.ts';
import { permissionsOf } from '#worker/rulebook/org-rules.ts';
import { Belt } from '#worker/media/belt.ts';
import { SinkLedger } from '#worker/media/sink-ledger.ts';
import { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import { CallSupervision } from '#worker/supervision/call-supervision.ts';
import { floorOf, type ReturnCause } from '#worker/supervision/supervision-machine.ts';
import type { SilenceCause } from '#worker/turns/turn-machine.ts';
import { DEFAULT_DETECTOR } from '#worker/turns/speech-detector.ts';
import { TurnRunner } from '#worker/turns/turn-runner.ts';
import { NO_ATTENTION, stepAttention, type RaisedAttention } from './attention.ts';
import { endOfTransfer, foldPast, type PastCall } from './past-call.ts';
import { stepPersonOffer, type PersonOffer } from './person-offer.ts';
import { CallGuards } from './call-guards.ts';
import type { CallLine, CallSessionDeps, Resumption } from './call-needs.ts';
import { CallLog } from './call-log.ts';
import { CallHush } from './call-hush.ts';
import { CallRecording } from './call-recording.ts';
import { ColleagueBriefing } from './colleague-briefing.ts';
import { ColleagueOnCall } from './colleague-on-call.ts';
import { CallTransfer, type UnparkCause } from './call-transfer.ts';
import { CallerTurns } from './caller-turns.ts';
import { ChunkReporter } from './chunk-reporter.ts';
import { carriedNotes, unsaidParts, WITHHOLD_CAUSE } from './ledger-readings.ts';
import { appendToHistory, NO_HISTORY } from './conversation-history.ts';
import { HumanSpeech } from './human-speech.ts';
import { LivekitSession } from './livekit-session.ts';
import { OwnSpeech, plain } from './own-speech.ts';
import { SlowSafe } from './slow-safe.ts';
import { SilenceWatch } from './silence-watch.ts';
import { ToolApprovals } from './tool-approvals.ts';
import { briefTurn, type TurnBriefDeps } from './turn-brief.ts';
import { Speculation } from './speculation.ts';
import { speculativeBrief } from './speculative-brief.ts';
import { TurnMeasure } from './turn-measure.ts';
import { VoicePath } from './voice-path.ts';
import { Whispers, type UnusedReason } from './whispers.ts';

/** One call, from ringing to its end. */
export class CallSession {
  readonly callId: CallId;
  readonly log: CallLog;
  readonly gate: SpeechGate;
  readonly own: OwnSpeech;
  readonly supervision: CallSupervision;
  /** Whether the line has the caller for a transfer, so that the AI is silent whoever has the floor. */
  readonly transfer: CallTransfer;
  readonly #colleague: ColleagueOnCall;
  readonly whispers = new Whispers();
  /** Whether card data is being said, so that nobody listens and nothing is recorded. */
  readonly hush: CallHush;
  /** What the AI would say while a person has the call. */
  readonly shadow: ShadowLane;
  /** Tool calls that wait for two people. */
  readonly approvals: ToolApprovals;
  readonly #deps: CallSessionDeps;
  readonly #ledger = new ChunkLedger();
  readonly #reporter: ChunkReporter;
  readonly #lastLook: LastLook;
  readonly #belt: Belt;
  readonly #sink: SinkLedger;
  readonly #mixer: CallMixer;
  readonly #voicePath: VoicePath;
  readonly #lane: ReplyLane;
  readonly #turns: TurnRunner;
  readonly #caller: CallerTurns;
  readonly #speculation: Speculation | null;
  readonly #measure = new TurnMeasure();
  readonly #silence: SilenceWatch;
  readonly #humanSpeech: HumanSpeech;
  readonly #recording: CallRecording;
  readonly #guards: CallGuards;
  readonly #slowSafe: SlowSafe;
  #ringingMono: number;
  /** What another host has left of this call. */
  #past: PastCall | null = null;
  /** The log so far, for whoever is told of the call. */
  readonly #events: CallEvent[] = [];
  #history = NO_HISTORY;
  #attention = NO_ATTENTION;
  #from: { readonly name: string; readonly phone: string | null } = { name: '', phone: null };
  #personOffer: PersonOffer = 'none';
  #livekit: LivekitSession | null = null;
  #line: CallLine | null = null;
  #stopFrames: (() => void) | null = null;
  #room: string | null = null;
  #stopPeople: (() => void) | null = null;
  #firstSample = 0;
  #lastReflex: string | null = null;
  #lastVerdict: 'none' | 'vetoed' = 'none';
  #floorCause: WithholdCause = 'taken-over';
  /** What a barge kept from being said, and how much the caller had said by then. */
  #heldOver: { readonly parts: readonly DraftPart[]; readonly finals: number } | null = null;

  constructor(callId: CallId, deps: CallSessionDeps) {
    const { clock, newId } = deps;
    const append = (draft: CallEventDraft): JournalEntry | null => this.append(draft);
    this.callId = callId;
    this.#deps = deps;
    this.#ringingMono = clock.mono();
    this.#slowSafe = new SlowSafe(deps.settings.holdBackMs);
    this.log = new CallLog({ journal: deps.journal, clock, newId, orgId: deps.orgId, callId });
    this.gate = new SpeechGate({
      clock,
      ledger: this.#ledger,
      append,
      durable: entry => this.log.durable(entry),
      newId,
      holdBackMs: origin => this.#slowSafe.holdBackMs(origin),
      openGate: ({ origin, overrules }, onOutcome) =>
        openGate(
          deps.policies().gate,
          {
            origin: overrules?.judgedAs ?? origin,
            ...(overrules ? { setAside: new Set(overrules.policies) } : {}),
          },
          { clock, auditId: () => newId() as AuditId, onOutcome },
        ),
      onVeto: veto => this.#lane.onVeto(veto),
      onGuessJudged: chunk => this.#voicePath.prepare(chunk),
      onNothingLeft: turnId => this.#turns.step({ type: 'answer.abandoned', turnId }),
      onChange: () => this.#tellNext(),
    });
    this.#lastLook = new LastLook(() => deps.policies().gate);
    this.#sink = new SinkLedger({ callId, ledger: this.#ledger, append });
    this.#reporter = new ChunkReporter(callId, this.#ledger, {
      append,
      notice: deps.onNotice,
      heard: speech => this.#line?.audio.heard(speech),
      refuses: chunk => this.#lastLook.refuses(chunk),
      onRefused: (chunk, refusal) => this.gate.refuse(chunk, refusal),
      onBrokenOff: chunk => this.gate.interrupt(chunk, 'voice-failed'),
      onMissed: chunk => this.gate.withhold(chunk, 'speech-resumed'),
      onStarted: chunk => this.#onAudioStarted(chunk),
      onDrained: () => {
        this.#livekit?.output.finish(false, '');
        this.#turns.step({ type: 'audio.drained' });
        this.#considerOffer();
      },
    });
    this.#belt = new Belt(this.#ledger, this.#reporter, lane => this.#turns.mayStart(lane));
    this.#voicePath = new VoicePath({
      voice: deps.voice,
      nowMono: () => clock.mono(),
      onVoiced: (chunk, durationMs, voiceMs) => {
        chunk.durationMs = durationMs;
        if (chunk.origin === 'reply') this.#measure.voiced(voiceMs);
      },
      onFailed: chunk => this.gate.withhold(chunk, 'voice-failed'),
    });
    this.own = new OwnSpeech({ gate: this.gate, belt: this.#belt, voicePath: this.#voicePath });
    this.#lane = new ReplyLane({
      gate: this.gate,
      model: deps.model,
      onFirstText: () => this.#measure.firstText(clock.mono()),
      onFallback: () => append({ type: 'attention.raised', reason: 'answer-failed' }),
    });
    this.approvals = new ToolApprovals({
      tools: deps.sources.tools,
      clock,
      newId,
      append,
      say: text => {
        if (this.#turnFloor() === 'ai')
          this.own.say('notice', [plain(text)], { turnId: null, where: 'last' });
      },
    });
    const brief: TurnBriefDeps = {
      ...deps.sources,
      permissions: () => permissionsOf(deps.policies()),
      callId,
      orgId: deps.orgId,
      caller: () => this.#from,
      approvals: this.approvals,
      clock,
      newId,
      append,
    };
    this.#guards = new CallGuards({
      clock,
      rules: deps.policies(),
      say: text => this.own.say('notice', [plain(text)], { turnId: null, where: 'front' }),
      attention: reason => append({ type: 'attention.raised', reason }),
      hangUp: () => void this.hangUp().catch((error: unknown) => deps.onError(callId, error)),
    });
    this.#speculation =
      deps.settings.overlap &&
      new Speculation({
        clock,
        newId,
        append,
        settings: deps.settings.overlap,
        gate: this.gate,
        lane: this.#lane,
        context: () => this.#answerContext(),
        onDiscarded: () => this.#voicePath.dropPrepared(),
        brief: (turnId, text, signal, keep) =>
          speculativeBrief(
            { ...brief, append: keep },
            {
              turnId,
              text,
              history: this.#guessedHistory(),
              notes: this.whispers.offer(turnId),
              signal,
              effects: 'reads',
            },
          ),
      });
    this.shadow = new ShadowLane({
      clock,
      newId,
      model: deps.model,
      rules: () => deps.policies().gate,
      append,
      brief: (turnId, text, signal) =>
        briefTurn(brief, {
          turnId,
          text,
          history: this.#history.lines,
          notes: [],
          signal,
          effects: 'reads',
        }),
      onError: error => deps.onError(callId, error),
    });
    this.#turns = new TurnRunner(
      clock,
      {
        duck: on => this.#belt.duck(on),
        silence: cause => this.#silenceAi(cause),
        cancel: () => this.#cancelAnswer(),
        considerReflex: () => this.#considerReflex(),
        onChanged: (from, to, cause) => {
          append({ type: 'turn.changed', from, to, cause });
          if (to === 'LISTENING') this.#silence.start();
          else this.#silence.stop();
        },
        onSpeechStarted: onsetSample => {
          this.#caller.speechStarted();
          this.#speculation?.resumed();
          append({ type: 'caller-speech.started', sample: onsetSample });
        },
        onSpeechEnded: (silenceSample, durationMs) => {
          this.#measure.silent(clock.mono() - this.#silentMs());
          append({ type: 'caller-speech.ended', sample: silenceSample, durationMs });
          this.#speculation?.paused();
        },
        onInterrupted: measured => append({ type: 'interruption.confirmed', ...measured }),
        onDismissed: duckedMs => append({ type: 'interruption.dismissed', duckedMs }),
        nextSample: () => this.#mixer.nextSample,
      },
      { ...DEFAULT_DETECTOR, confirmMs: deps.settings.confirmMs },
    );
    this.#caller = new CallerTurns({
      callId,
      clock,
      newId,
      append,
      notice: deps.onNotice,
      brief,
      confidence: () => deps.policies().confidence,
      history: () => this.#history.lines,
      lane: this.#lane,
      speculation: () => (this.#turnFloor() === 'ai' ? this.#speculation : null),
      whispers: this.whispers,
      measure: this.#measure,
      hushes: (text, isFinal) => this.hush.heard(text, isFinal),
      silentMs: () => this.#silentMs(),
      onCommitted: turnId => this.#turns.step({ type: 'turn.committed', turnId }),
      onAbandoned: turnId => {
        // What a person lets the AI say instead is the answer; giving the turn up would cut it off (GATE72).
        if (this.gate.next() === null) this.#turns.step({ type: 'answer.abandoned', turnId });
      },
      onUnused: (noteIds, reason) => this.#unused(noteIds, reason),
      carriedNotes: () => carriedNotes(this.#ledger),
    });
    this.#silence = new SilenceWatch(
      clock,
      deps.settings.silenceSteps.map(step => step.silenceMs),
      silenceMs => this.#onSilence(silenceMs),
    );
    this.#humanSpeech = new HumanSpeech(
      () => this.#line?.audio.heard({ speaker: 'human', started: true }),
      ({ userId, durationMs }) => {
        this.#line?.audio.heard({ speaker: 'human', started: false });
        const startedAtMs = (clock.now() - durationMs) as EpochMs;
        append({ type: 'human-speech.finished', ...this.#who(userId), startedAtMs, durationMs, text: null });
      },
    );
    this.hush = new CallHush({
      clock,
      scope: deps.settings.hushScope,
      append,
      nextSample: () => this.#mixer.nextSample,
      onChange: () => this.#matrixChanged(),
    });
    this.#recording = new CallRecording({
      callId,
      orgId: deps.orgId,
      recorder: deps.recorder,
      retention: deps.settings.retention,
      now: () => clock.now(),
      notice: deps.settings.recordingNotice,
      append,
    });
    this.#mixer = new CallMixer({
      pullAi: () => {
        const frame = this.#belt.pull();
        this.#sink.pulled(frame, this.#mixer.nextSample - FRAME_SAMPLES);
        return frame?.samples ?? null;
      },
      toCaller: samples => this.#line?.audio.play(samples),
      peopleReachCaller: () => this.#stopPeople !== null,
      onLevels: levels => deps.onNotice({ type: 'levels', callId, ...levels }),
      onHumanHeard: (userId, _sampleIndex, peakRatio) => this.#humanSpeech.frame(userId, peakRatio),
      onLine: (caller, heard) => {
        this.#recording.frame(caller, heard, this.hush.on);
        deps.onLine?.(callId, caller, heard, this.#belt.sounding);
      },
    });
    this.#colleague = new ColleagueOnCall({
      audio: () => this.#line?.audio.colleague?.() ?? null,
      open: play => this.#mixer.openColleague(play),
      onChange: () => this.#matrixChanged(),
    });
    this.transfer = new CallTransfer({
      append,
      holder: () => this.supervision.state.holder?.userId ?? null,
      transfer: target =>
        this.#line?.transfer(target, this.#briefing(target)) ??
        Promise.reject(appError('telephony.transfer-refused', 'The call has not been answered yet.')),
      park: () => this.#park(),
      colleague: hasCaller => (hasCaller ? this.#colleague.came() : this.#colleague.left()),
      unpark: cause => this.#unpark(cause),
    });
    this.supervision = new CallSupervision({
      callId,
      clock,
      leases: deps.leases,
      ports: {
        append,
        fence: cause => this.#fence(cause),
        applyMatrix: input => this.#applyMatrix(input),
        returnFloor: (cause, from) => this.#returnFloor(cause, from),
      },
    });
  }

  /** Adds an event to the call's log and to what is folded from it here. @returns `null` once the call has ended */
  append(draft: CallEventDraft): JournalEntry | null {
    const entry = this.log.append(draft);
    if (!entry) return null;
    const { event } = entry;
    this.#remember(event);
    if (event.type === 'chunk.allowed' || event.type === 'chunk.redacted')
      this.#measure.judged(event.judgeMs, this.#deps.clock.mono());
    if (event.type === 'chunk.vetoed') this.#lastVerdict = 'vetoed';
    if (event.type === 'chunk.spoken' && this.#ledger.get(event.chunkId)?.lane === 'B')
      this.#lastVerdict = 'none';
    if (event.type === 'whisper.noted') this.#speculation?.contextChanged('note-arrived');
    if (event.type === 'chunk.released') this.#measure.released(this.#deps.clock.mono());
    if (event.type === 'chunk.spoken')
      this.#recording.spoken(
        event.chunkId,
        this.#ledger.get(event.chunkId)?.text ?? '',
        this.#mixer.nextSample,
      );
    if (event.type === 'chunk.spoken') this.hush.aiSaid(this.#ledger.get(event.chunkId)?.text ?? '');
    if (event.type === 'chunk.interrupted') this.hush.aiSaid(event.heardText);
    const raised = this.#weigh(event);
    if (raised) this.append({ type: 'attention.raised', ...raised });
    this.#guards.onEvent(event);
    return entry;
  }

  #remember(event: CallEvent): void {
    this.#events.push(event);
    this.#history = appendToHistory(this.#history, event);
    if (event.type === 'call.ringing') {
      this.#from = { name: event.displayName, phone: event.from };
      this.#room = event.room ?? null;
    }
  }

  #weigh(event: CallEvent): RaisedAttention | null {
    const [attention, raised] = stepAttention(this.#attention, event, this.#deps.settings.escalation);
    this.#attention = attention;
    if (event.type === 'attention.raised')
      [this.#personOffer] = stepPersonOffer(this.#personOffer, { type: 'raised', reason: event.reason });
    return raised;
  }

  /** Goes on with a call whose host is gone, from its log; before anything else, and then `connect` (HOST30-HOST36). */
  async resume({ events, host, room, present }: Resumption): Promise<void> {
    const { clock } = this.#deps;
    const past = foldPast(events);
    this.#past = past;
    this.log.continueAfter(past.lastSeq);
    for (const event of events) {
      this.#remember(event);
      this.#weigh(event);
    }
    this.#guards.replay(events, clock.now());
    this.#ringingMono = clock.mono() - Math.max(0, clock.now() - past.startedAtMs);
    this.#caller.continueAt(past.turns);
    this.#slowSafe.set(past.holdBackMs);
    if (past.soundChain !== null) this.#sink.continueFrom(past.soundChain);
    for (const [noteId, text] of past.notes) this.whispers.add(noteId, text);
    // How much of a sentence was heard is not known any more; it counts as not heard and is not said again.
    for (const [chunkId, state] of past.openChunks)
      this.append(
        state === 'speaking'
          ? { type: 'chunk.interrupted', chunkId, heardMs: 0, heardText: '', cause: 'host-lost' }
          : { type: 'chunk.withheld', chunkId, cause: 'host-lost' },
      );
    const gapMs = Math.max(0, clock.now() - past.lastAtMs);
    this.append({ type: 'call.resumed', host, gapMs, ...(room === undefined ? {} : { room }) });
    for (const draft of endOfTransfer(past)) this.append(draft);
    const floor = past.floor && { ...past.floor, heldMs: Math.max(0, clock.now() - past.floor.sinceMs) };
    this.#ledger.floor = await this.supervision.restore({ ...past, floor }, new Set(present));
    if (past.held) this.#hold();
    if (past.hushed) this.hush.goOn();
  }

  /** The line has been answered: audio flows, and the AI greets; on a call that goes on it says so in one sentence. */
  async connect(line: CallLine): Promise<void> {
    const deps = this.#deps;
    this.#line = line;
    deps.media.add(this.callId, this.#mixer, this.#room);
    this.#colleague.lineAnswered();
    const { state } = this.supervision;
    this.#applyMatrix({ floor: floorOf(state), humans: state.humans }).enforced?.catch(() => undefined);
    if (this.#room !== null && deps.people)
      this.#stopPeople = deps.people.follow(this.#room, userId => this.#mixer.openMicrophone(userId));
    const livekit = new LivekitSession(
      this.#belt,
      {
        onCommitted: () => Promise.resolve(this.#onTurnOver()),
        answer: signal => this.#answer(signal),
        voice: (chunk, signal) => this.#voicePath.voice(chunk, signal),
        onError: error => deps.onError(this.callId, error),
      },
      {
        vad: deps.createVad(window =>
          this.#turns.onWindow({ ...window, endSample: window.endSample + this.#firstSample }),
        ),
        stt: deps.createStt(this.callId),
        turnDetection: deps.createTurnDetection(),
        minEndpointingMs: deps.settings.minEndpointingMs,
        maxEndpointingMs: deps.settings.maxEndpointingMs,
      },
    );
    livekit.onTranscript((text, isFinal) => this.#caller.onTranscript(text, isFinal));
    await livekit.start();
    if (this.log.ended) {
      await livekit.close();
      return;
    }
    this.#livekit = livekit;
    const goesOn = this.#past?.connected === true;
    if (!goesOn)
      this.append({
        type: 'call.connected',
        sampleRateHz: SAMPLE_RATE_HZ,
        brain: deps.model.name,
        voice: deps.voice.name,
      });
    this.#turns.step({ type: 'call.connected' });
    this.#stopFrames = line.audio.onFrame(frame => this.#onFrame(frame));
    if (!goesOn) this.own.say('greeting', deps.settings.greeting.map(plain), { turnId: null, where: 'last' });
    else this.#goOn();
  }

  #goOn(): void {
    if (this.#past?.announced) this.#recording.goOn(this.#mixer.nextSample);
    if (this.#turnFloor() === 'human') this.#turns.step({ type: 'floor.changed', floor: 'human' });
    else
      this.own.say('bridge', [plain(this.#deps.settings.bridges.resumed)], { turnId: null, where: 'last' });
  }

  /** Ends everything; the log closes with `call.ended`. Calling it again changes nothing. */
  async end(reason: CallEndReason, code?: string): Promise<void> {
    if (this.log.ended) return;
    this.transfer.end(reason === 'transferred');
    this.#turns.step({ type: 'call.ending' });
    this.#turns.stop();
    this.#silence.stop();
    this.#guards.stop();
    this.#stopFrames?.();
    this.#stopPeople?.();
    this.#humanSpeech.end();
    this.#speculation?.drop('call-ended');
    this.shadow.stop();
    this.approvals.close();
    this.hush.end();
    this.supervision.close();
    if (this.gate.holding) this.resumeSpeech('call-ended', null);
    this.#unused(this.whispers.overAll(), 'no-further-turn');
    this.#recording.end();
    this.#sink.close();
    const durationMs = this.#deps.clock.mono() - this.#ringingMono;
    this.append({ type: 'call.ended', reason, durationMs, ...(code === undefined ? {} : { code }) });
    this.#deps.media.remove(this.callId);
    await this.#livekit?.close();
  }

  hangUp(): Promise<void> {
    return this.#line?.hangUp() ?? Promise.resolve();
  }

  /** A supervisor keeps the AI from saying more; the sentence that sounds is finished. */
  holdSpeech(who: { readonly userId: string; readonly userName: string }): void {
    if (this.gate.holding) return;
    this.append({ type: 'speech.held', ...who });
    this.#hold();
  }

  #hold(): void {
    this.#belt.hold(true);
    this.gate.hold(() => this.resumeSpeech('held-too-long', null));
  }

  /** A supervisor makes this call slower and safer, or quicker again. */
  setHoldBack(holdBackMs: number | null, who: { readonly userId: string; readonly userName: string }): void {
    this.#slowSafe.set(holdBackMs);
    this.append({ type: 'hold-back.set', holdBackMs, ...who });
    this.gate.holdBackChanged();
  }

  resumeSpeech(
    cause: 'asked' | 'held-too-long' | 'taken-over' | 'parked' | 'call-ended',
    who: { readonly userId: string; readonly userName: string } | null,
  ): void {
    this.#belt.hold(false);
    const heldMs = this.gate.resume();
    if (heldMs === null) return;
    this.append({
      type: 'speech.resumed',
      heldMs,
      cause,
      userId: who?.userId ?? null,
      userName: who?.userName ?? null,
    });
    if (this.#turns.machine.state.name === 'LISTENING') this.#silence.start();
  }

  /** What the AI was about to say gives way to something else; the sentence that sounds is finished. */
  supersedeSpeech(): void {
    this.gate.stopAll('superseded');
  }

  /** @returns whether the AI answers aloud; while a person has the call it only suggests */
  #onTurnOver(): boolean {
    if (this.#turnFloor() === 'ai') return this.#caller.commit();
    const text = this.#caller.takeUnanswered();
    // With a colleague alone nobody is there to suggest anything to.
    if (text !== '' && this.supervision.state.holder) this.shadow.turn(text);
    return false;
  }

  #onFrame(frame: CallerFrame): void {
    if (this.#mixer.nextSample === 0) this.#firstSample = frame.sampleOffset;
    this.#mixer.onCallerFrame(frame);
    this.#livekit?.push(frame);
  }

  #onAudioStarted(chunk: ChunkRecord): void {
    const nowMono = this.#deps.clock.mono();
    this.#silence.stop();
    const answers = chunk.origin === 'reply' || chunk.origin === 'rephrase' || chunk.origin === 'fallback';
    this.#turns.step({ type: 'audio.started', lane: chunk.lane === 'A' ? 'A' : answers ? 'B' : 'own' });
    if (chunk.lane === 'A') this.#measure.reflexHeard(nowMono);
    else if (answers) {
      const measured = this.#measure.answerHeard(nowMono);
      if (measured) this.append(measured);
    }
    for (const noteId of this.whispers.heard(chunk.noteIds)) {
      this.append({
        type: 'whisper.used',
        noteId,
        chunkIds: [chunk.chunkId],
        turnNumber: Math.max(1, this.#caller.count),
      });
    }
    this.#tellNext();
  }

  #answer(
    signal: AbortSignal,
  ): { readonly trackId: string; readonly chunks: AsyncIterable<ChunkRecord> } | null {
    const answer = this.#caller.answer(signal);
    if (!answer) return null;
    const trackId = answerTrack(answer.turnId);
    this.#belt.open(trackId, 'B');
    return { trackId, chunks: answer.chunks };
  }

  #cancelAnswer(): void {
    const turnId = this.#caller.cancel();
    this.#lane.stop();
    // Released for what the caller had said by then; it must not sound after what they say now (GATE67).
    if (turnId !== null) {
      this.gate.stopTurn(turnId, 'speech-resumed');
      this.#belt.close(answerTrack(turnId));
    }
    this.#livekit?.cancel();
  }

  /** The belt first: from here on the caller hears silence. Then the books. */
  #silenceAi(cause: SilenceCause): void {
    const sounding = this.#ledger.speaking();
    this.#belt.cut();
    this.#line?.audio.clear?.();
    this.#sink.close();
    this.gate.cut(cause === 'floor' ? this.#floorCause : WITHHOLD_CAUSE[cause]);
    if (sounding) this.#reporter.cut(sounding);
  }

  #considerReflex(): void {
    const { settings, phrases, random } = this.#deps;
    const decision = decideReflex({
      policy: settings.reflex && phrases.phrases.length > 1 ? 'on' : 'off',
      speech: this.gate.holding ? 'held' : 'free',
      lastVerdict: this.#lastVerdict,
      answer: this.#comingAnswer(),
    });
    if (decision.kind === 'silent') return;
    const clip = phrases.next(random, this.#lastReflex);
    this.#lastReflex = clip.phrase;
    this.own.reflex(clip.phrase, clip.audio);
  }

  /** The AI has finished: the moment to offer a person, where one is called for. */
  #considerOffer(): void {
    const { offer } = this.#deps.settings.escalation;
    if (offer === '' || this.log.ended) return;
    const floor = this.#turnFloor();
    const [next, say] = stepPersonOffer(this.#personOffer, { type: 'quiet', floor, held: this.gate.holding });
    this.#personOffer = next;
    if (say) this.own.say('notice', [plain(offer)], { turnId: null, where: 'last' });
  }

  /** Lane B as it stands: under way, drafted ahead and judged, or nowhere near. */
  #comingAnswer(): ComingAnswer {
    const next = this.gate.next();
    if (next !== null) {
      const inMs = this.gate.leadMs(next);
      return this.#slowSafe.covers(inMs) ? { kind: 'expected', inMs } : { kind: 'under-way' };
    }
    const draftedAtMono = this.#speculation?.draftedAtMono ?? null;
    if (draftedAtMono === null) return { kind: 'none' };
    const { minEndpointingMs } = this.#deps.settings;
    const holdBackMs = this.#slowSafe.holdBackMs('reply');
    const releaseMs = draftedAtMono + holdBackMs - this.#deps.clock.mono();
    return { kind: 'expected', inMs: Math.max(0, minEndpointingMs - this.#silentMs(), releaseMs) };
  }

  /** Everything but the caller's words that an answer depends on. */
  #answerContext(): string {
    const heard = this.#history.lines.filter(line => line.speaker !== 'caller').length;
    const { snapshotId } = this.#deps.sources.knowledge();
    return JSON.stringify([heard, snapshotId, this.whispers.waiting, this.#ledger.epoch]);
  }

  /** The conversation as if the words that are only guessed had been said. */
  #guessedHistory(): readonly HistoryLine[] {
    const text = this.#caller.interim;
    return text === '' ? this.#history.lines : [...this.#history.lines, { speaker: 'caller', text }];
  }

  #onSilence(silenceMs: number): void {
    if (this.#turnFloor() === 'human' || this.gate.holding) return;
    this.append({ type: 'silence.noticed', silenceMs });
    const text = this.#deps.settings.silenceSteps.find(step => step.silenceMs === silenceMs)?.text ?? null;
    if (text !== null) this.own.say('notice', [plain(text)], { turnId: null, where: 'last' });
  }

  /** First ack of a takeover: when this returns the belt is closed, the epoch raised, and no AI frame can pass. */
  #fence(cause: 'barge' | 'take-over'): { readonly epoch: number; readonly lastAiSample: number } {
    const lastAiSample = this.#belt.sounding ? this.#mixer.nextSample - 1 : -1;
    this.#floorCause = cause === 'barge' ? 'barged' : 'taken-over';
    this.#speculation?.drop('floor-taken');
    this.#heldOver =
      cause === 'barge' ? { parts: unsaidParts(this.#ledger), finals: this.#caller.finals } : null;
    this.#ledger.floor = 'human';
    this.#turns.step({ type: 'floor.changed', floor: 'human' });
    if (this.gate.holding) this.resumeSpeech('taken-over', null);
    if (cause === 'take-over') this.#unused(this.whispers.overAll(), 'taken-over');
    const { holder } = this.supervision.state;
    if (holder)
      for (const reason of this.#attention.open)
        this.append({ type: 'attention.cleared', reason, ...this.#who(holder.userId) });
    return { epoch: this.#ledger.epoch, lastAiSample };
  }

  #returnFloor(cause: ReturnCause, from: 'barge' | 'live'): void {
    this.shadow.stop();
    this.#humanSpeech.end();
    if (this.transfer.parked) {
      this.#heldOver = null;
      return;
    }
    this.#listenAgain();
    if (cause === 'call-ended') return;
    const heldOver =
      from === 'barge' && this.#heldOver?.finals === this.#caller.finals ? this.#heldOver.parts : [];
    this.#heldOver = null;
    const text =
      this.#deps.settings.bridges[from === 'barge' && cause !== 'lease-lost' ? 'step-down' : cause];
    const parts = [...(text === '' ? [] : [plain(text)]), ...heldOver];
    if (parts.length > 0) this.own.say('bridge', parts, { turnId: null, where: 'last' });
    this.#silence.start();
  }

  /** The turns are the AI's again, and nothing of what was said meanwhile waits for an answer. */
  #listenAgain(): void {
    this.#ledger.floor = 'ai';
    this.#caller.forget();
    this.#livekit?.forgetTurn();
    this.#turns.step({ type: 'floor.changed', floor: 'ai' });
  }

  /** The line has the caller: as with a takeover not one AI frame is played and no turn is answered (SUP72). */
  #park(): void {
    this.#speculation?.drop('floor-taken');
    if (this.supervision.state.holder) return;
    this.#floorCause = 'parked';
    this.#ledger.floor = 'human';
    this.#turns.step({ type: 'floor.changed', floor: 'human' });
    if (this.gate.holding) this.resumeSpeech('parked', null);
  }

  #unpark(cause: UnparkCause): void {
    if (this.supervision.state.holder) return;
    this.#listenAgain();
    const text = this.#deps.settings.bridges[cause];
    if (text !== '') this.own.say('bridge', [plain(text)], { turnId: null, where: 'last' });
    this.#silence.start();
  }

  /** For whom the turns are: while the line has the caller they are not the AI's, whoever of ours has the floor. */
  #turnFloor(): FloorHolder {
    return this.transfer.parked ? 'human' : floorOf(this.supervision.state);
  }

  /** What a colleague is told, should the line tell colleagues of calls. */
  #briefing(target: string): ColleagueBriefing {
    const { clock, newId, voice, policies } = this.#deps;
    return new ColleagueBriefing({
      clock,
      newId,
      target,
      rules: policies().gate,
      voice,
      sentences: () => spokenBrief(handoffBrief(foldTimeline(this.#events))),
      append: draft => this.append(draft),
      durable: entry => this.log.durable(entry),
    });
  }

  /** The edges first: from here on nobody hears what they may not. */
  #matrixChanged(): void {
    const { state } = this.supervision;
    const { edges, sample, enforced } = this.#applyMatrix({ floor: floorOf(state), humans: state.humans });
    // What the media server could not be made to do the plane tells itself.
    enforced?.catch(() => undefined);
    this.append({ type: 'audibility.changed', edges: edges.map(([from, to]) => [from, to]), sample });
  }

  /** Before the line is answered there is audio of nobody, and nothing but the mixer to tell. */
  #applyMatrix(input: AudibilityInput): AppliedMatrix {
    const hushed = { ...input, colleague: this.#colleague.present, hush: this.hush.scope };
    if (this.#line && !this.log.ended) return this.#deps.media.apply(this.callId, hushed);
    return { ...this.#mixer.apply(hushed), enforced: null };
  }

  #silentMs(): number {
    return Math.max(0, msOf(this.#mixer.nextSample - this.#turns.silenceSample));
  }

  #unused(noteIds: readonly NoteId[], reason: UnusedReason): void {
    for (const noteId of noteIds) this.append({ type: 'whisper.unused', noteId, reason });
  }

  #who(userId: UserId): { readonly userId: string; readonly userName: string } {
    return { userId, userName: this.supervision.nameOf(userId) };
  }

  #tellNext(): void {
    const chunk = this.gate.next();
    this.#deps.onNotice({
      type: 'next-utterance',
      callId: this.callId,
      chunkId: chunk?.chunkId ?? null,
      text: chunk?.text ?? '',
      state: chunk && isPending(chunk.state) ? chunk.state : null,
      leadMs: chunk ? this.gate.leadMs(chunk) : 0,
      held: this.gate.holding,
    });
  }
}

const answerTrack = (turnId: TurnId): string => `answer-${turnId}`;
