// Over 200 lines where every event type is named: a new one does not compile before somebody has said what it holds of a person.
import type { Citation } from '../domain/lanes.ts';
import type { TicketOperation } from '../domain/ticket.ts';
import type { CallEvent, CallEventOf, CallEventType } from './call-event.ts';

/** `words`: what was said and written. `person`: also who called, and from where. */
export const ERASURE_SCOPES = ['words', 'person'] as const;
export type ErasureScope = (typeof ERASURE_SCOPES)[number];

/** Stands where a name was. */
export const ERASED_NAME = 'Erased';
/** Hashes of little things can be guessed back; this stands where one was. */
export const ERASED_HASH = '0'.repeat(64);

const BLOCK = '·······';
/**
 * Text of the same length in which nothing can be read, not even where words ended. The length stays, so that spans, cursors and
 * the proof of what was spoken go on fitting (PRIV2).
 */
export const erasedText = (text: string): string =>
  `${BLOCK} `.repeat(Math.ceil(text.length / (BLOCK.length + 1))).slice(0, text.length);

type Erase<Type extends CallEventType> = (
  event: CallEventOf<Type>,
  scope: ErasureScope,
) => Partial<CallEventOf<Type>>;

const nothing = (): Record<string, never> => ({});
/** Documents are ours; what a tool answered is about the caller. */
const citations = (given: readonly Citation[]): Citation[] =>
  given.map(citation =>
    citation.kind === 'tool'
      ? { ...citation, title: erasedText(citation.title), quote: erasedText(citation.quote) }
      : citation,
  );
const text = (event: { readonly text: string }) => ({ text: erasedText(event.text) });

/** What each event loses. Types of events that name nobody but our own people lose nothing. */
const ERASE: { readonly [Type in CallEventType]: Erase<Type> } = {
  'call.ringing': (_event, scope) =>
    scope === 'person' ? { from: null, displayName: ERASED_NAME, sipCallId: undefined, ...noRoom } : {},
  'call.early-media': nothing,
  'call.connected': nothing,
  'call.resumed': nothing,
  'call.dtmf-received': () => ({ digit: '•' }),
  'call.dtmf-sent': ({ digits }) => ({ digits: digits.replaceAll(/./gu, '•') }),
  'call.transfer-requested': (event, scope) =>
    scope === 'person' ? { target: erasedText(event.target) } : {},
  'call.parked': ({ target }, scope) => (scope === 'person' ? { target: erasedText(target) } : {}),
  'call.unparked': nothing,
  'briefing.judged': text,
  'briefing.ended': ({ target }, scope) => (scope === 'person' ? { target: erasedText(target) } : {}),
  'call.ended': nothing,
  'consent.announced': nothing,
  'recording.started': nothing,
  'recording.ended': nothing,
  'caller-speech.started': nothing,
  'caller-speech.ended': nothing,
  'transcript.final': text,
  'turn.changed': nothing,
  'turn.committed': text,
  'turn.measured': nothing,
  'quality.measured': nothing,
  'interruption.confirmed': nothing,
  'interruption.dismissed': nothing,
  'silence.noticed': nothing,
  'speculation.ended': nothing,
  'intent.judged': nothing,
  // Written by our own people about our own goods.
  'knowledge.patched': nothing,
  'retrieval.finished': event => ({ query: erasedText(event.query) }),
  'tool.finished': () => ({
    requestHash: ERASED_HASH,
    responseHash: ERASED_HASH,
    redactedRequest: '{}',
    redactedResponse: '{}',
  }),
  'approval.requested': () => ({ requestHash: ERASED_HASH, redactedRequest: '{}' }),
  'approval.given': nothing,
  'approval.settled': nothing,
  'ticket.requested': event => ({ operation: erasedOperation(event.operation) }),
  'ticket.created': nothing,
  'ticket.changed': nothing,
  'ticket.failed': nothing,
  'chunk.drafted': event => ({ ...text(event), citations: citations(event.citations) }),
  'chunk.allowed': nothing,
  'chunk.redacted': text,
  // Policies give codes, which stay; a person may have written anything.
  'chunk.vetoed': event => (event.by === 'supervisor' ? { reason: erasedText(event.reason) } : {}),
  'chunk.held': nothing,
  'chunk.released': text,
  'chunk.queued': nothing,
  'chunk.speaking': nothing,
  'chunk.spoken': nothing,
  'chunk.interrupted': event => ({ heardText: erasedText(event.heardText) }),
  'chunk.withheld': nothing,
  'chunk.overruled': nothing,
  'chunk.release-reasoned': nothing,
  'line.sounded': nothing,
  'hold-back.set': nothing,
  'hush.started': nothing,
  'hush.ended': nothing,
  'attention.raised': event => (event.because === undefined ? {} : { because: erasedText(event.because) }),
  'attention.cleared': nothing,
  'listener.joined': nothing,
  'listener.left': nothing,
  'mic.changed': nothing,
  'audibility.changed': nothing,
  'floor.changed': nothing,
  'whisper.noted': text,
  'whisper.used': nothing,
  'whisper.unused': nothing,
  'say-now.requested': text,
  'speech.held': nothing,
  'speech.resumed': nothing,
  'takeover.requested': nothing,
  'takeover.fenced': nothing,
  'takeover.live': nothing,
  'takeover.noted': text,
  'takeover.ended': event => ({ notes: erasedText(event.notes) }),
  'human-speech.finished': event => ({ text: event.text === null ? null : erasedText(event.text) }),
  'suggestion.drafted': event => ({
    ...text(event),
    citations: citations(event.citations),
  }),
  'suggestion.used': text,
  'moment.flagged': event => ({ note: erasedText(event.note) }),
  'command.finished': nothing,
  'event.unreadable': nothing,
};

/** A room's name may hold the number that called. */
const noRoom = { room: undefined } as const;

/**
 * The event as it stays when the words of its call, or all that tells of the caller, have to go. It keeps its place, its type and
 * its shape, so that every fold reads the log on. Doing it again changes nothing. Pure (PRIV1-PRIV3).
 */
export function eraseEvent(event: CallEvent, scope: ErasureScope): CallEvent {
  const change = (ERASE[event.type] as Erase<CallEventType> | undefined)?.(event, scope);
  // Written by another version of the program: what it holds is not known, so nothing of it stays but its place.
  if (!change) return unreadable(event);
  return { ...event, ...change } as CallEvent;
}

function unreadable(event: CallEvent): CallEvent {
  const { v, id, orgId, conversationId, seq, atMs, type } = event;
  return { v, id, orgId, conversationId, seq, atMs, type: 'event.unreadable', ofType: type, ofVersion: v };
}

/** A ticket's wish without what it says of anybody; of the same kind and valid as before. */
export function erasedOperation(operation: TicketOperation): TicketOperation {
  switch (operation.kind) {
    case 'create':
      return {
        ...operation,
        draft: {
          subject: ERASED_NAME,
          description: ERASED_NAME,
          requester: { name: ERASED_NAME, phone: null, email: null },
          priority: operation.draft.priority,
          tags: [],
          metadata: {},
        },
      };
    case 'update':
      return operation.patch.subject === undefined
        ? operation
        : { ...operation, patch: { ...operation.patch, subject: ERASED_NAME } };
    case 'note':
      return { ...operation, note: ERASED_NAME };
  }
}
