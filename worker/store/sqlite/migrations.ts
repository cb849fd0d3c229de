import { ARCHIVE_TABLES } from '#shared/sqlite/archive-index.ts';
import { AUDIT_MIGRATION } from './audit-migration.ts';
import type { Migration } from '#shared/sqlite/open-database.ts';

/** Tables of requirement rows M1 to M10 with their names, and ours: `org_id`, `seq`, `position`, `schema_version`, leases, answers. */
export const WORKER_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE orgs (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE users (id TEXT PRIMARY KEY, org_id TEXT NOT NULL REFERENCES orgs(id), email TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE knowledge_docs (id TEXT NOT NULL, org_id TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, metadata_json TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (org_id, id)) STRICT;
CREATE TABLE knowledge_embeddings (id TEXT PRIMARY KEY, doc_id TEXT NOT NULL, org_id TEXT NOT NULL, embedding BLOB NOT NULL, dim INTEGER NOT NULL, model TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE conversations (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, channel TEXT NOT NULL, display_name TEXT NOT NULL, line TEXT NOT NULL, started_at INTEGER NOT NULL, connected_at INTEGER, ended_at INTEGER, status TEXT NOT NULL, end_reason TEXT) STRICT;
CREATE INDEX conversations_by_start ON conversations (org_id, started_at DESC);
CREATE TABLE conversation_turns (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL, speaker TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, transcript_text TEXT NOT NULL, metadata_json TEXT NOT NULL) STRICT;
CREATE INDEX conversation_turns_by_call ON conversation_turns (conversation_id, started_at);
CREATE TABLE call_events (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, event_type TEXT NOT NULL, ts INTEGER NOT NULL, schema_version INTEGER NOT NULL, payload_json TEXT NOT NULL, UNIQUE (conversation_id, seq)) STRICT;
CREATE TABLE tickets (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, external_ref TEXT, provider TEXT NOT NULL, status TEXT NOT NULL, subject TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
CREATE TABLE audit_tool_calls (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL, turn_id TEXT, tool_name TEXT NOT NULL, request_hash TEXT NOT NULL, response_hash TEXT NOT NULL, status TEXT NOT NULL, latency_ms REAL NOT NULL, ts INTEGER NOT NULL, redacted_request_json TEXT NOT NULL, redacted_response_json TEXT NOT NULL) STRICT;
CREATE TABLE audit_policy (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL, turn_id TEXT, policy_name TEXT NOT NULL, decision TEXT NOT NULL, reason TEXT NOT NULL, ts INTEGER NOT NULL, payload_json TEXT NOT NULL) STRICT;
CREATE INDEX audit_policy_by_call ON audit_policy (conversation_id, ts);
CREATE TABLE audit_access (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, user_id TEXT NOT NULL, action TEXT NOT NULL, outcome TEXT NOT NULL, ts INTEGER NOT NULL, payload_json TEXT NOT NULL) STRICT;
CREATE TABLE leases (call_id TEXT PRIMARY KEY, holder TEXT NOT NULL, generation INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE command_answers (user_id TEXT NOT NULL, command_id TEXT NOT NULL, answer_json TEXT NOT NULL, ts INTEGER NOT NULL, PRIMARY KEY (user_id, command_id)) STRICT;
`,
  },
  {
    // What the history lists, counted as it happens instead of over every event of every call.
    version: 2,
    sql: `
ALTER TABLE conversations ADD COLUMN intent TEXT;
ALTER TABLE conversations ADD COLUMN veto_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET
  veto_count = (SELECT count(*) FROM call_events e WHERE e.conversation_id = conversations.id AND e.event_type = 'chunk.vetoed'),
  taken_over = (SELECT count(*) > 0 FROM call_events e WHERE e.conversation_id = conversations.id AND e.event_type = 'floor.changed' AND json_extract(e.payload_json, '$.cause') = 'take-over'),
  intent = (SELECT json_extract(e.payload_json, '$.intent') FROM call_events e WHERE e.conversation_id = conversations.id AND e.event_type = 'intent.judged' ORDER BY e.seq DESC LIMIT 1);
`,
  },
  {
    // Figures of ended calls. Calls that ended before have none and are not counted.
    version: 3,
    sql: `
ALTER TABLE conversations ADD COLUMN figures_json TEXT;
CREATE INDEX conversations_by_end ON conversations (org_id, ended_at);
`,
  },
  {
    // Tickets in full, their notes, and the outbox. The same wish is one row per org (TIC2).
    version: 4,
    sql: `
ALTER TABLE tickets ADD COLUMN request_id TEXT;
ALTER TABLE tickets ADD COLUMN conversation_id TEXT;
ALTER TABLE tickets ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE tickets ADD COLUMN requester_name TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN requester_phone TEXT;
ALTER TABLE tickets ADD COLUMN requester_email TEXT;
ALTER TABLE tickets ADD COLUMN tags_json TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tickets ADD COLUMN metadata_json TEXT NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX tickets_by_request ON tickets (org_id, request_id);
CREATE INDEX tickets_by_change ON tickets (org_id, updated_at DESC);
CREATE TABLE ticket_notes (id TEXT NOT NULL, org_id TEXT NOT NULL, ticket_id TEXT NOT NULL REFERENCES tickets(id), body TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (org_id, id)) STRICT;
CREATE TABLE ticket_requests (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL, turn_id TEXT, operation_json TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_attempt_at INTEGER NOT NULL, ticket_id TEXT, error_code TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
CREATE INDEX ticket_requests_open ON ticket_requests (created_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX ticket_requests_by_call ON ticket_requests (conversation_id, created_at);
CREATE INDEX audit_tool_calls_by_call ON audit_tool_calls (conversation_id, ts);
`,
  },
  {
    // Consultations (requirement rows M12 to M14), and every event the LiveKit server has told, in the order it was told.
    version: 5,
    sql: `
CREATE TABLE video_consultations (id TEXT PRIMARY KEY, org_id TEXT NOT NULL, customer_id TEXT, agent_id TEXT, partner_id TEXT, room_name TEXT NOT NULL UNIQUE, consultation_type TEXT NOT NULL CHECK (consultation_type IN ('quote', 'claims', 'support', 'training')), quote_id TEXT, claim_id TEXT, ai_handled INTEGER NOT NULL DEFAULT 1, escalated_to_human INTEGER NOT NULL DEFAULT 0, started_at INTEGER, ended_at INTEGER, duration_seconds INTEGER, recording_url TEXT, transcript TEXT, ai_summary TEXT, agent_notes TEXT, customer_rating INTEGER CHECK (customer_rating BETWEEN 1 AND 5), created_at INTEGER NOT NULL, archived INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX video_consultations_by_creation ON video_consultations (org_id, created_at DESC);
CREATE TABLE livekit_room_events (id TEXT PRIMARY KEY, event_name TEXT NOT NULL, room_name TEXT NOT NULL, created_at INTEGER NOT NULL, received_at INTEGER NOT NULL, room_created_at INTEGER, recording_url TEXT, payload_json TEXT NOT NULL) STRICT;
CREATE INDEX livekit_room_events_by_room ON livekit_room_events (room_name, created_at);
`,
  },
  {
    // What the team's database has not heard yet; empty where there is none. Numbers are never used twice.
    version: 6,
    sql: `
CREATE TABLE spool_state (id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL, taken_number INTEGER, taken_token TEXT) STRICT;
CREATE TABLE spool_items (number INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL, method TEXT NOT NULL, args_json TEXT NOT NULL) STRICT;
`,
  },
  {
    // Knowledge with all its revisions. `knowledge_docs` says where a document stands; its text columns are those of the head.
    version: 8,
    sql: `
ALTER TABLE knowledge_docs ADD COLUMN head_id TEXT NOT NULL DEFAULT '';
ALTER TABLE knowledge_docs ADD COLUMN published_id TEXT;
ALTER TABLE knowledge_docs ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE knowledge_docs ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
CREATE TABLE knowledge_versions (org_id TEXT PRIMARY KEY, version INTEGER NOT NULL, published_version INTEGER NOT NULL) STRICT;
CREATE TABLE knowledge_changes (org_id TEXT NOT NULL, version INTEGER NOT NULL, doc_id TEXT NOT NULL, PRIMARY KEY (org_id, version)) STRICT;
CREATE TABLE knowledge_revisions (org_id TEXT NOT NULL, id TEXT NOT NULL, doc_id TEXT NOT NULL, version INTEGER NOT NULL, place INTEGER NOT NULL, author_id TEXT NOT NULL, received_at INTEGER NOT NULL, parents_json TEXT NOT NULL, payload_json TEXT NOT NULL, PRIMARY KEY (org_id, id)) STRICT;
CREATE INDEX knowledge_revisions_by_doc ON knowledge_revisions (org_id, doc_id, version, place);
CREATE TABLE knowledge_conflicts (org_id TEXT NOT NULL, id TEXT NOT NULL, doc_id TEXT NOT NULL, version INTEGER NOT NULL, resolved_by TEXT, resolved_version INTEGER, payload_json TEXT NOT NULL, PRIMARY KEY (org_id, id)) STRICT;
CREATE INDEX knowledge_conflicts_by_doc ON knowledge_conflicts (org_id, doc_id, resolved_version);
CREATE INDEX call_events_drafted ON call_events (org_id, ts) WHERE event_type = 'chunk.drafted';
`,
  },
  { version: 9, sql: `${AUDIT_MIGRATION}${ARCHIVE_TABLES}` },
];
