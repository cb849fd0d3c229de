import { bigint, boolean, doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core';

/** Counts and epoch milliseconds stay far below 2^53. */
const whole = (name: string) => bigint(name, { mode: 'number' });

/** The tables that are read with Drizzle, as `migrations.ts` makes them; a test compares both. */
export const conversations = pgTable('conversations', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  logId: text('log_id').notNull(),
  channel: text('channel').notNull(),
  displayName: text('display_name').notNull(),
  line: text('line').notNull(),
  startedAtMs: whole('started_at').notNull(),
  connectedAtMs: whole('connected_at'),
  endedAtMs: whole('ended_at'),
  status: text('status').notNull(),
  endReason: text('end_reason'),
  intent: text('intent'),
  vetoCount: integer('veto_count').notNull(),
  takenOver: boolean('taken_over').notNull(),
  recorded: boolean('recorded').notNull(),
  figures: text('figures_json'),
});

export const conversationTurns = pgTable('conversation_turns', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  conversationId: text('conversation_id').notNull(),
  speaker: text('speaker').notNull(),
  startedAtMs: whole('started_at').notNull(),
  endedAtMs: whole('ended_at').notNull(),
  text: text('transcript_text').notNull(),
  metadata: text('metadata_json').notNull(),
});

export const auditPolicy = pgTable('audit_policy', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  conversationId: text('conversation_id').notNull(),
  turnId: text('turn_id'),
  policy: text('policy_name').notNull(),
  decision: text('decision').notNull(),
  reason: text('reason').notNull(),
  atMs: whole('ts').notNull(),
  payload: text('payload_json').notNull(),
});

export const auditToolCalls = pgTable('audit_tool_calls', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  conversationId: text('conversation_id').notNull(),
  turnId: text('turn_id'),
  tool: text('tool_name').notNull(),
  requestHash: text('request_hash').notNull(),
  responseHash: text('response_hash').notNull(),
  status: text('status').notNull(),
  latencyMs: doublePrecision('latency_ms').notNull(),
  atMs: whole('ts').notNull(),
  redactedRequest: text('redacted_request_json').notNull(),
  redactedResponse: text('redacted_response_json').notNull(),
});

export const auditAccess = pgTable('audit_access', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  userId: text('user_id').notNull(),
  action: text('action').notNull(),
  outcome: text('outcome').notNull(),
  atMs: whole('ts').notNull(),
  payload: text('payload_json').notNull(),
});

export const tickets = pgTable('tickets', {
  ticketId: text('id').notNull(),
  orgId: text('org_id').notNull(),
  externalRef: text('external_ref'),
  provider: text('provider').notNull(),
  status: text('status').notNull(),
  subject: text('subject').notNull(),
  createdAtMs: whole('created_at').notNull(),
  updatedAtMs: whole('updated_at').notNull(),
  requestId: text('request_id'),
  conversationId: text('conversation_id'),
  description: text('description').notNull(),
  priority: text('priority').notNull(),
  requesterName: text('requester_name').notNull(),
  requesterPhone: text('requester_phone'),
  requesterEmail: text('requester_email'),
  tags: text('tags_json').notNull(),
  metadata: text('metadata_json').notNull(),
});

export const ticketNotes = pgTable('ticket_notes', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  ticketId: text('ticket_id').notNull(),
  body: text('body').notNull(),
  createdAtMs: whole('created_at').notNull(),
});

export const ticketRequests = pgTable('ticket_requests', {
  requestId: text('id').notNull(),
  orgId: text('org_id').notNull(),
  logId: text('log_id').notNull(),
  conversationId: text('conversation_id').notNull(),
  turnId: text('turn_id'),
  operation: text('operation_json').notNull(),
  state: text('state').notNull(),
  attempts: integer('attempts').notNull(),
  nextAttemptAtMs: whole('next_attempt_at').notNull(),
  ticketId: text('ticket_id'),
  errorCode: text('error_code'),
  createdAtMs: whole('created_at').notNull(),
  updatedAtMs: whole('updated_at').notNull(),
});

export const videoConsultations = pgTable('video_consultations', {
  id: text('id').notNull(),
  orgId: text('org_id').notNull(),
  roomName: text('room_name').notNull(),
  type: text('consultation_type').notNull(),
  customerId: text('customer_id'),
  agentId: text('agent_id'),
  partnerId: text('partner_id'),
  quoteId: text('quote_id'),
  claimId: text('claim_id'),
  aiHandled: boolean('ai_handled').notNull(),
  escalatedToHuman: boolean('escalated_to_human').notNull(),
  startedAtMs: whole('started_at'),
  endedAtMs: whole('ended_at'),
  durationSeconds: integer('duration_seconds'),
  recordingUrl: text('recording_url'),
  transcript: text('transcript'),
  aiSummary: text('ai_summary'),
  agentNotes: text('agent_notes'),
  customerRating: integer('customer_rating'),
  createdAtMs: whole('created_at').notNull(),
  archived: boolean('archived').notNull(),
});

export const livekitRoomEvents = pgTable('livekit_room_events', {
  id: text('id').notNull(),
  name: text('event_name').notNull(),
  roomName: text('room_name').notNull(),
  createdAtMs: whole('created_at').notNull(),
  receivedAtMs: whole('received_at').notNull(),
  roomCreatedAtMs: whole('room_created_at'),
  recordingUrl: text('recording_url'),
  payloadJson: text('payload_json').notNull(),
});
