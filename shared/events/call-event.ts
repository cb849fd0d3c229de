import { z } from 'zod';
import { approvalGivenSchema } from './approval-given.ts';
import { approvalRequestedSchema } from './approval-requested.ts';
import { approvalSettledSchema } from './approval-settled.ts';
import { attentionClearedSchema } from './attention-cleared.ts';
import { attentionRaisedSchema } from './attention-raised.ts';
import { audibilityChangedSchema } from './audibility-changed.ts';
import { callConnectedSchema } from './call-connected.ts';
import { callDtmfReceivedSchema } from './call-dtmf-received.ts';
import { callDtmfSentSchema } from './call-dtmf-sent.ts';
import { callEarlyMediaSchema } from './call-early-media.ts';
import { callEndedSchema } from './call-ended.ts';
import { callParkedSchema } from './call-parked.ts';
import { callResumedSchema } from './call-resumed.ts';
import { callRingingSchema } from './call-ringing.ts';
import { callTransferRequestedSchema } from './call-transfer-requested.ts';
import { callUnparkedSchema } from './call-unparked.ts';
import { callerSpeechEndedSchema } from './caller-speech-ended.ts';
import { callerSpeechStartedSchema } from './caller-speech-started.ts';
import { chunkAllowedSchema } from './chunk-allowed.ts';
import { chunkDraftedSchema } from './chunk-drafted.ts';
import { chunkHeldSchema } from './chunk-held.ts';
import { chunkInterruptedSchema } from './chunk-interrupted.ts';
import { chunkOverruledSchema } from './chunk-overruled.ts';
import { chunkQueuedSchema } from './chunk-queued.ts';
import { chunkRedactedSchema } from './chunk-redacted.ts';
import { chunkReleaseReasonedSchema } from './chunk-release-reasoned.ts';
import { chunkReleasedSchema } from './chunk-released.ts';
import { chunkSpeakingSchema } from './chunk-speaking.ts';
import { chunkSpokenSchema } from './chunk-spoken.ts';
import { chunkVetoedSchema } from './chunk-vetoed.ts';
import { chunkWithheldSchema } from './chunk-withheld.ts';
import { commandFinishedSchema } from './command-finished.ts';
import { eventUnreadableSchema } from './event-unreadable.ts';
import { consentAnnouncedSchema } from './consent-announced.ts';
import { floorChangedSchema } from './floor-changed.ts';
import { holdBackSetSchema } from './hold-back-set.ts';
import { humanSpeechFinishedSchema } from './human-speech-finished.ts';
import { hushEndedSchema } from './hush-ended.ts';
import { hushStartedSchema } from './hush-started.ts';
import { intentJudgedSchema } from './intent-judged.ts';
import { interruptionConfirmedSchema } from './interruption-confirmed.ts';
import { interruptionDismissedSchema } from './interruption-dismissed.ts';
import { knowledgePatchedSchema } from './knowledge-patched.ts';
import { lineSoundedSchema } from './line-sounded.ts';
import { listenerJoinedSchema } from './listener-joined.ts';
import { listenerLeftSchema } from './listener-left.ts';
import { micChangedSchema } from './mic-changed.ts';
import { momentFlaggedSchema } from './moment-flagged.ts';
import { qualityMeasuredSchema } from './quality-measured.ts';
import { recordingEndedSchema } from './recording-ended.ts';
import { recordingStartedSchema } from './recording-started.ts';
import { retrievalFinishedSchema } from './retrieval-finished.ts';
import { sayNowRequestedSchema } from './say-now-requested.ts';
import { silenceNoticedSchema } from './silence-noticed.ts';
import { speechHeldSchema } from './speech-held.ts';
import { speechResumedSchema } from './speech-resumed.ts';
import { speculationEndedSchema } from './speculation-ended.ts';
import { suggestionDraftedSchema } from './suggestion-drafted.ts';
import { suggestionUsedSchema } from './suggestion-used.ts';
import { takeoverEndedSchema } from './takeover-ended.ts';
import { takeoverFencedSchema } from './takeover-fenced.ts';
import { takeoverLiveSchema } from './takeover-live.ts';
import { takeoverRequestedSchema } from './takeover-requested.ts';
import { ticketChangedSchema } from './ticket-changed.ts';
import { ticketCreatedSchema } from './ticket-created.ts';
import { ticketFailedSchema } from './ticket-failed.ts';
import { ticketRequestedSchema } from './ticket-requested.ts';
import { toolFinishedSchema } from './tool-finished.ts';
import { transcriptFinalSchema } from './transcript-final.ts';
import { turnChangedSchema } from './turn-changed.ts';
import { turnCommittedSchema } from './turn-committed.ts';
import { turnMeasuredSchema } from './turn-measured.ts';
import { whisperNotedSchema } from './whisper-noted.ts';
import { whisperUnusedSchema } from './whisper-unused.ts';
import { whisperUsedSchema } from './whisper-used.ts';

/** Every event type there is, by name. Adding one: its file, this list, and each fold the compiler points at. */
export const CALL_EVENT_SCHEMAS = {
  'call.ringing': callRingingSchema,
  'call.early-media': callEarlyMediaSchema,
  'call.connected': callConnectedSchema,
  'call.resumed': callResumedSchema,
  'call.dtmf-received': callDtmfReceivedSchema,
  'call.dtmf-sent': callDtmfSentSchema,
  'call.transfer-requested': callTransferRequestedSchema,
  'call.parked': callParkedSchema,
  'call.unparked': callUnparkedSchema,
  'call.ended': callEndedSchema,
  'consent.announced': consentAnnouncedSchema,
  'recording.started': recordingStartedSchema,
  'recording.ended': recordingEndedSchema,
  'caller-speech.started': callerSpeechStartedSchema,
  'caller-speech.ended': callerSpeechEndedSchema,
  'transcript.final': transcriptFinalSchema,
  'turn.changed': turnChangedSchema,
  'turn.committed': turnCommittedSchema,
  'turn.measured': turnMeasuredSchema,
  'quality.measured': qualityMeasuredSchema,
  'interruption.confirmed': interruptionConfirmedSchema,
  'interruption.dismissed': interruptionDismissedSchema,
  'silence.noticed': silenceNoticedSchema,
  'speculation.ended': speculationEndedSchema,
  'intent.judged': intentJudgedSchema,
  'retrieval.finished': retrievalFinishedSchema,
  'knowledge.patched': knowledgePatchedSchema,
  'tool.finished': toolFinishedSchema,
  'approval.requested': approvalRequestedSchema,
  'approval.given': approvalGivenSchema,
  'approval.settled': approvalSettledSchema,
  'ticket.requested': ticketRequestedSchema,
  'ticket.created': ticketCreatedSchema,
  'ticket.changed': ticketChangedSchema,
  'ticket.failed': ticketFailedSchema,
  'chunk.drafted': chunkDraftedSchema,
  'chunk.allowed': chunkAllowedSchema,
  'chunk.redacted': chunkRedactedSchema,
  'chunk.vetoed': chunkVetoedSchema,
  'chunk.held': chunkHeldSchema,
  'chunk.released': chunkReleasedSchema,
  'chunk.queued': chunkQueuedSchema,
  'chunk.speaking': chunkSpeakingSchema,
  'chunk.spoken': chunkSpokenSchema,
  'chunk.interrupted': chunkInterruptedSchema,
  'chunk.withheld': chunkWithheldSchema,
  'chunk.overruled': chunkOverruledSchema,
  'chunk.release-reasoned': chunkReleaseReasonedSchema,
  'line.sounded': lineSoundedSchema,
  'hold-back.set': holdBackSetSchema,
  'hush.started': hushStartedSchema,
  'hush.ended': hushEndedSchema,
  'attention.raised': attentionRaisedSchema,
  'attention.cleared': attentionClearedSchema,
  'listener.joined': listenerJoinedSchema,
  'listener.left': listenerLeftSchema,
  'mic.changed': micChangedSchema,
  'audibility.changed': audibilityChangedSchema,
  'floor.changed': floorChangedSchema,
  'whisper.noted': whisperNotedSchema,
  'whisper.used': whisperUsedSchema,
  'whisper.unused': whisperUnusedSchema,
  'say-now.requested': sayNowRequestedSchema,
  'speech.held': speechHeldSchema,
  'speech.resumed': speechResumedSchema,
  'takeover.requested': takeoverRequestedSchema,
  'takeover.fenced': takeoverFencedSchema,
  'takeover.live': takeoverLiveSchema,
  'takeover.ended': takeoverEndedSchema,
  'human-speech.finished': humanSpeechFinishedSchema,
  'suggestion.drafted': suggestionDraftedSchema,
  'suggestion.used': suggestionUsedSchema,
  'moment.flagged': momentFlaggedSchema,
  'command.finished': commandFinishedSchema,
  'event.unreadable': eventUnreadableSchema,
} as const;

export const callEventSchema = z.discriminatedUnion('type', [
  callRingingSchema,
  callEarlyMediaSchema,
  callConnectedSchema,
  callResumedSchema,
  callDtmfReceivedSchema,
  callDtmfSentSchema,
  callTransferRequestedSchema,
  callParkedSchema,
  callUnparkedSchema,
  callEndedSchema,
  consentAnnouncedSchema,
  recordingStartedSchema,
  recordingEndedSchema,
  callerSpeechStartedSchema,
  callerSpeechEndedSchema,
  transcriptFinalSchema,
  turnChangedSchema,
  turnCommittedSchema,
  turnMeasuredSchema,
  qualityMeasuredSchema,
  interruptionConfirmedSchema,
  interruptionDismissedSchema,
  silenceNoticedSchema,
  speculationEndedSchema,
  intentJudgedSchema,
  retrievalFinishedSchema,
  knowledgePatchedSchema,
  toolFinishedSchema,
  approvalRequestedSchema,
  approvalGivenSchema,
  approvalSettledSchema,
  ticketRequestedSchema,
  ticketCreatedSchema,
  ticketChangedSchema,
  ticketFailedSchema,
  chunkDraftedSchema,
  chunkAllowedSchema,
  chunkRedactedSchema,
  chunkVetoedSchema,
  chunkHeldSchema,
  chunkReleasedSchema,
  chunkQueuedSchema,
  chunkSpeakingSchema,
  chunkSpokenSchema,
  chunkInterruptedSchema,
  chunkWithheldSchema,
  chunkOverruledSchema,
  chunkReleaseReasonedSchema,
  lineSoundedSchema,
  holdBackSetSchema,
  hushStartedSchema,
  hushEndedSchema,
  attentionRaisedSchema,
  attentionClearedSchema,
  listenerJoinedSchema,
  listenerLeftSchema,
  micChangedSchema,
  audibilityChangedSchema,
  floorChangedSchema,
  whisperNotedSchema,
  whisperUsedSchema,
  whisperUnusedSchema,
  sayNowRequestedSchema,
  speechHeldSchema,
  speechResumedSchema,
  takeoverRequestedSchema,
  takeoverFencedSchema,
  takeoverLiveSchema,
  takeoverEndedSchema,
  humanSpeechFinishedSchema,
  suggestionDraftedSchema,
  suggestionUsedSchema,
  momentFlaggedSchema,
  commandFinishedSchema,
  eventUnreadableSchema,
]);

/** Everything that happens on a call: the one log that console, audit, metrics and replay fold. */
export type CallEvent = z.infer<typeof callEventSchema>;
export type CallEventType = CallEvent['type'];
export type CallEventOf<Type extends CallEventType> = Extract<CallEvent, { type: Type }>;

type EnvelopeKey = 'v' | 'id' | 'orgId' | 'conversationId' | 'seq' | 'atMs';

/** An event as its producer writes it: the call's log adds the envelope. `atMs` may be given for what happened earlier. */
export type CallEventDraft = {
  [Type in CallEventType]: Omit<CallEventOf<Type>, EnvelopeKey> & { readonly atMs?: CallEvent['atMs'] };
}[CallEventType];
