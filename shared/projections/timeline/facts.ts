import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallTimeline, LineView } from '../call-timeline.ts';

/** What is known of the call itself: who, when, turn state, measures and reasons for attention. */
export function foldFacts(timeline: CallTimeline, event: CallEvent): CallTimeline {
  switch (event.type) {
    case 'call.ringing':
      return {
        ...timeline,
        callId: event.conversationId,
        displayName: event.displayName,
        from: event.from,
        line: event.line,
        ringingAtMs: event.atMs,
      };
    case 'call.connected':
      return { ...timeline, connectedAtMs: event.atMs, brain: event.brain, voice: event.voice };
    case 'call.ended':
      return {
        ...timeline,
        endedAtMs: event.atMs,
        endReason: event.reason,
        recording: false,
        held: null,
        hush: null,
        parked: null,
      };
    case 'recording.started':
      return { ...timeline, recording: true };
    case 'recording.ended':
      return { ...timeline, recording: false };
    case 'hold-back.set': {
      const { holdBackMs, userName } = event;
      return { ...timeline, slowSafe: holdBackMs === null ? null : { holdBackMs, userName } };
    }
    case 'hush.started':
      return { ...timeline, hush: { sinceMs: event.atMs, cause: event.cause } };
    case 'hush.ended':
      return { ...timeline, hush: null };
    case 'call.transfer-requested': {
      const { target, userName, outcome, code = null } = event;
      return userName === undefined
        ? timeline
        : { ...timeline, transfer: { target, userName, outcome, code } };
    }
    case 'call.parked':
      return { ...timeline, parked: { with: event.with, target: event.target, sinceMs: event.atMs } };
    case 'call.unparked':
      return { ...timeline, parked: null };
    case 'knowledge.patched': {
      const { docId, title, publishedId, userName, atMs } = event;
      const others = timeline.ownTexts.filter(text => text.docId !== docId);
      return { ...timeline, ownTexts: [...others, { docId, title, publishedId, userName, atMs }] };
    }
    case 'turn.changed':
      return { ...timeline, turn: event.to };
    case 'turn.committed':
      return { ...timeline, turnNumber: timeline.turnNumber + 1 };
    case 'turn.measured': {
      const lastMeasure = {
        endOfTurnMs: event.endOfTurnMs,
        retrievalMs: event.retrievalMs,
        modelMs: event.modelMs,
        gateMs: event.gateMs,
        holdBackMs: event.holdBackMs,
        voiceMs: event.voiceMs,
        firstAudioMs: event.firstAudioMs,
        reflexAudioMs: event.reflexAudioMs,
      };
      const { turnId } = event;
      const measures =
        turnId === undefined ? timeline.measures : { ...timeline.measures, [turnId]: lastMeasure };
      return { ...timeline, lastMeasure, measures };
    }
    case 'quality.measured': {
      const { direction, mos } = event;
      const line = withScore(timeline.quality[direction], mos);
      return { ...timeline, quality: { ...timeline.quality, [direction]: line } };
    }
    case 'intent.judged': {
      const { atMs, intent, verdict } = event;
      return { ...timeline, intents: [...timeline.intents, { atMs, intent, decision: verdict.decision }] };
    }
    case 'attention.raised': {
      const others = timeline.attention.filter(open => open.reason !== event.reason);
      const { reason, atMs, because = null } = event;
      return { ...timeline, attention: [...others, { reason, atMs, because }] };
    }
    case 'attention.cleared':
      return { ...timeline, attention: timeline.attention.filter(open => open.reason !== event.reason) };
    default:
      return timeline;
  }
}

function withScore(line: LineView | undefined, mos: number): LineView {
  if (!line) return { mos, worstMos: mos, meanMos: mos, readings: 1 };
  const readings = line.readings + 1;
  return {
    mos,
    worstMos: Math.min(line.worstMos, mos),
    meanMos: line.meanMos + (mos - line.meanMos) / readings,
    readings,
  };
}
