import { z } from 'zod';

export const callEndReasonSchema = z.enum([
  'caller-hung-up',
  'ended-by-ai',
  'ended-by-supervisor',
  'transferred',
  'no-answer',
  'line-failed',
  'worker-stopped',
  'worker-crashed',
]);
export type CallEndReason = z.infer<typeof callEndReasonSchema>;

/** Who may speak to the caller now. `human` means AI speech is withheld. */
export const floorHolderSchema = z.enum(['ai', 'human']);
export type FloorHolder = z.infer<typeof floorHolderSchema>;

/** Why a call needs a person, worst last. Each has one sentence in `shared/projections/words.ts`. */
export const ATTENTION_REASONS = [
  'long-silence',
  'poor-line',
  'outside-knowledge',
  'interrupted-often',
  'vetoed-often',
  'frustrated',
  'promise-vetoed',
  'card-data-spoken',
  'asked-for-person',
  'answer-failed',
  'statement-missing',
  'going-in-circles',
  'unsure-of-answer',
  'long-call',
] as const;
export const attentionReasonSchema = z.enum(ATTENTION_REASONS);
export type AttentionReason = z.infer<typeof attentionReasonSchema>;

export const INTENTS = [
  'CHECK_STATUS',
  'GET_HOURS',
  'GET_LOCATION',
  'GET_SERVICES',
  // Beyond the required taxonomy: without it nothing a caller says could allow a ticket.
  'OPEN_TICKET',
  'TRANSFER_HUMAN',
  'UNKNOWN',
] as const;
export const intentSchema = z.enum(INTENTS);
export type Intent = z.infer<typeof intentSchema>;

/** Provider of a conversation in text. It is in the history and not on the floor: there is no line to listen to. */
export const TEXT_PROVIDER = 'text';
