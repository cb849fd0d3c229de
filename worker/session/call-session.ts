// The wiring list of one call: makes the parts and connects them, and decides nothing itself. Over 500 lines because this is
// the one place where all parts meet.
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { AppliedMatrix } from '#shared/adapters/media-plane.ts';
import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import type { AudibilityInput } from '#shared/domain/audibility.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ, msOf } from '#shared/domain/audio-format.ts';
import type { CallEndReason } from '#shared/domain/call.ts';
import type { AuditId, CallId, NoteId, TurnId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { appError } from '#shared/errors/app-error.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';
import { spokenBrief } from '#shared/projections/spoken-brief.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { ChunkLedger, isPending, type ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import { openGate } from '#worker/lanes/control/control-gate.ts';
import { ReplyLane } from '#worker/lanes/reasoned/reply-lane.ts';
import { ShadowLane } from '#worker/lanes/reasoned/shadow-lane.ts';
import { LastLook } from '#worker/lanes/last-look.ts';
import { SpeechGate } from '#worker/lanes/speech-gate.ts';
import { permissionsOf } from '#worker/rulebook/org-rules.ts';
import { Belt } from '#worker/media/belt.ts';
import { SinkLedger } from '#worker/media/sink-ledger.ts';
import { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import { CallSupervision } from '#worker/supervision/call-supervision.ts';
import { floorOf } from '#worker/supervision/supervision-machine.ts';
import type { SilenceCause } from '#worker/turns/turn-machine.ts';
import { DEFAULT_DETECTOR } from '#worker/turns/speech-detector.ts';
import { TurnRunner } from '#worker/turns/turn-runner.ts';
import type { PastCall } from './past-call.ts';
import { CallFloor } from './call-floor.ts';
import { CallGuards } from './call-guards.ts';
import type { CallLine, CallSessionDeps, Resumption } from './call-needs.ts';
import { CallLog } from './call-log.ts';
import { CallMemory } from './call-memory.ts';
import { CallReflex } from './call-reflex.ts';
import { CallHush } from './call-hush.ts';
import { CallRecording } from './call-recording.ts';
import { ColleagueBriefing } from './colleague-briefing.ts';
import { ColleagueOnCall } from './colleague-on-call.ts';
import { CallTransfer } from './call-transfer.ts';
import { CallerTurns } from './caller-turns.ts';
import { ChunkReporter } from './chunk-reporter.ts';
import { carriedNotes, WITHHOLD_CAUSE } from './ledger-readings.ts';
import { HumanSpeech } from './human-speech.ts';
import { LivekitSession } from './livekit-session.ts';
import { OwnSpeech, plain } from './own-speech.ts';
import { resumeCall } from './resume-call.ts';
import { SlowSafe } from './slow-safe.ts';
import { SpeechControl } from './speech-control.ts';
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
  readonly speech: SpeechControl;
  readonly supervision: CallSupervision;
  /** Whether the line has the caller for a transfer, so that the AI is silent whoever has the floor. */
  readonly transfer: CallTransfer;
  readonly #colleague: ColleagueOnCall;
  /** Whether the matrix in force has the tone of the line at the caller's ear. */
  #isHoldHeard = false;
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
  readonly #memory: CallMemory;
  readonly #reflex: CallReflex;
  readonly #floor: CallFloor;
  readonly #slowSafe: SlowSafe;
  #ringingMono: number;
  /** What another host has left of this call. */
  #past: PastCall | null = null;
  /** What the caller has not been told of that. */
  #unsaid: readonly string[] = [];
  #livekit: LivekitSession | null = null;
  #line: CallLine | null = null;
  #stopFrames: (() => void) | null = null;
  #stopPeople: (() => void) | null = null;
  #firstSample = 0;

  constructor(callId: CallId, deps: CallSessionDeps) {
    const { clock, newId } = deps;
    const append = (draft: CallEventDraft): JournalEntry | null => this.append(draft);
    this.callId = callId;
    this.#deps = deps;
    this.#ringingMono = clock.mono();
    this.#slowSafe = new SlowSafe(deps.settings.holdBackMs);
    this.#memory = new CallMemory(deps.settings.escalation);
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
    this.speech = new SpeechControl({
      gate: this.gate,
      belt: this.#belt,
      slowSafe: this.#slowSafe,
      append,
      onFree: () => {
        if (this.#turns.machine.state.name === 'LISTENING') this.#silence.start();
      },
    });
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
        if (this.#floor.turnsOf === 'ai')
          this.own.say('notice', [plain(text)], { turnId: null, where: 'last' });
      },
    });
    const brief: TurnBriefDeps = {
      ...deps.sources,
      knowledge: () => deps.sources.knowledge(this.#memory.patches),
      permissions: () => permissionsOf(deps.policies()),
      callId,
      orgId: deps.orgId,
      caller: () => this.#memory.from,
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
    this.#reflex = new CallReflex({
      clock,
      settings: deps.settings,
      phrases: deps.phrases,
      random: deps.random,
      ledger: this.#ledger,
      gate: this.gate,
      own: this.own,
      slowSafe: this.#slowSafe,
      speculation: this.#speculation,
      silentMs: () => this.#silentMs(),
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
          history: this.#memory.lines,
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
        considerReflex: () => this.#reflex.consider(),
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
      history: () => this.#memory.lines,
      lane: this.#lane,
      speculation: () => (this.#floor.turnsOf === 'ai' ? this.#speculation : null),
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
      park: () => {
        this.#floor.park();
        if (!this.supervision.state.holder) this.#matrixChanged();
      },
      colleague: hasCaller => (hasCaller ? this.#colleague.came() : this.#colleague.left()),
      unpark: cause => {
        if (this.#isHoldHeard) this.#matrixChanged();
        this.#floor.unpark(cause);
      },
    });
    this.supervision = new CallSupervision({
      callId,
      clock,
      leases: deps.leases,
      ports: {
        append,
        fence: cause => this.#floor.fence(cause),
        applyMatrix: input => this.#applyMatrix(input),
        returnFloor: (cause, from) => this.#floor.return(cause, from),
      },
    });
    this.#floor = new CallFloor({
      ledger: this.#ledger,
      turns: this.#turns,
      caller: this.#caller,
      speculation: this.#speculation,
      shadow: this.shadow,
      supervision: this.supervision,
      transfer: this.transfer,
      whispers: this.whispers,
      humanSpeech: this.#humanSpeech,
      silence: this.#silence,
      speech: this.speech,
      own: this.own,
      memory: this.#memory,
      bridges: deps.settings.bridges,
      lastAiSample: () => (this.#belt.sounding ? this.#mixer.nextSample - 1 : -1),
      forgetTurn: () => this.#livekit?.forgetTurn(),
      unused: (noteIds, reason) => this.#unused(noteIds, reason),
      append,
    });
  }

  /** Adds an event to the call's log and to what is folded from it here. @returns `null` once the call has ended */
  append(draft: CallEventDraft): JournalEntry | null {
    const entry = this.log.append(draft);
    if (!entry) return null;
    const { event } = entry;
    this.#memory.remember(event);
    this.#reflex.onEvent(event);
    if (event.type === 'chunk.allowed' || event.type === 'chunk.redacted')
      this.#measure.judged(event.judgeMs, this.#deps.clock.mono());
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
    const raised = this.#memory.weigh(event);
    if (raised) this.append({ type: 'attention.raised', ...raised });
    this.#guards.onEvent(event);
    return entry;
  }

  /** Goes on with a call whose host is gone, from its log; before anything else, and then `connect`. */
  async resume(resumption: Resumption): Promise<void> {
    this.#past = await resumeCall(
      {
        clock: this.#deps.clock,
        log: this.log,
        append: draft => this.append(draft),
        memory: this.#memory,
        guards: this.#guards,
        caller: this.#caller,
        slowSafe: this.#slowSafe,
        sink: this.#sink,
        whispers: this.whispers,
        supervision: this.supervision,
        ledger: this.#ledger,
        speech: this.speech,
        hush: this.hush,
      },
      resumption,
    );
    const { orgId, clock } = this.#deps;
    this.#unsaid = this.approvals.restore(this.#past.approvals, turnId => ({
      orgId,
      callId: this.callId,
      turnId,
      caller: this.#memory.from,
      append: draft => this.append(draft),
    }));
    this.#ringingMono = clock.mono() - Math.max(0, clock.now() - this.#past.startedAtMs);
  }

  /** The line has been answered: audio flows, and the AI greets; on a call that goes on it says so in one sentence. */
  async connect(line: CallLine): Promise<void> {
    const deps = this.#deps;
    this.#line = line;
    deps.media.add(this.callId, this.#mixer, this.#memory.room);
    this.#colleague.lineAnswered();
    const { state } = this.supervision;
    this.#applyMatrix({ floor: floorOf(state), humans: state.humans }).enforced?.catch(() => undefined);
    if (this.#memory.room !== null && deps.people)
      this.#stopPeople = deps.people.follow(this.#memory.room, userId => this.#mixer.openMicrophone(userId));
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
    if (this.#past?.announced)
      this.#recording.goOn(this.#mixer.nextSample, this.#past.recordings, this.#past.retention);
    if (this.#floor.turnsOf === 'human') this.#turns.step({ type: 'floor.changed', floor: 'human' });
    else
      for (const text of [this.#deps.settings.bridges.resumed, ...this.#unsaid])
        this.own.say('bridge', [plain(text)], { turnId: null, where: 'last' });
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
    this.speech.resume('call-ended', null);
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

  /** @returns whether the AI answers aloud; while a person has the call it only suggests */
  #onTurnOver(): boolean {
    if (this.#floor.turnsOf === 'ai') return this.#caller.commit();
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
    this.gate.cut(cause === 'floor' ? this.#floor.withholdCause : WITHHOLD_CAUSE[cause]);
    if (sounding) this.#reporter.cut(sounding);
  }

  /** The AI has finished: the moment to offer a person, where one is called for. */
  #considerOffer(): void {
    if (this.log.ended) return;
    const offer = this.#memory.offerOfPerson(this.#floor.turnsOf, this.gate.holding);
    if (offer !== null) this.own.say('notice', [plain(offer)], { turnId: null, where: 'last' });
  }

  /** Everything but the caller's words that an answer depends on. */
  #answerContext(): string {
    const heard = this.#memory.lines.filter(line => line.speaker !== 'caller').length;
    const { snapshotId } = this.#deps.sources.knowledge(this.#memory.patches);
    return JSON.stringify([heard, snapshotId, this.whispers.waiting, this.#ledger.epoch]);
  }

  /** The conversation as if the words that are only guessed had been said. */
  #guessedHistory(): readonly HistoryLine[] {
    const text = this.#caller.interim;
    return text === '' ? this.#memory.lines : [...this.#memory.lines, { speaker: 'caller', text }];
  }

  #onSilence(silenceMs: number): void {
    if (this.#floor.turnsOf === 'human' || this.gate.holding) return;
    this.append({ type: 'silence.noticed', silenceMs });
    const text = this.#deps.settings.silenceSteps.find(step => step.silenceMs === silenceMs)?.text ?? null;
    if (text !== null) this.own.say('notice', [plain(text)], { turnId: null, where: 'last' });
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
      sentences: () => spokenBrief(handoffBrief(foldTimeline(this.#memory.events))),
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
    const colleague = this.#colleague.present;
    const hold = this.transfer.parked && !colleague;
    const now = { ...input, colleague, hold, hush: this.hush.scope };
    this.#isHoldHeard = hold && floorOf(this.supervision.state) === 'ai';
    if (this.#line && !this.log.ended) return this.#deps.media.apply(this.callId, now);
    return { ...this.#mixer.apply(now), enforced: null };
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
