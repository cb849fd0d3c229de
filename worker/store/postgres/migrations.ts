import { ARCHIVE_MIGRATION, ARCHIVE_ORG_TABLES } from './archive-migration.ts';
import { AUDIT_MIGRATION, AUDIT_ORG_TABLES } from './audit-migration.ts';

/** One step of the schema. Numbered from 1; never changed once released: its text is remembered by its hash (PG3). */
export interface PostgresMigration {
  readonly version: number;
  readonly sql: string;
  /** Done only where this extension can be had, and later where it comes later. */
  readonly extension?: string;
}

/** Those of the first step. What is made later stands in its own step: the text of this one never changes. */
const FIRST_ORG_TABLES = [
  'users',
  'knowledge_docs',
  'knowledge_embeddings',
  'conversations',
  'conversation_turns',
  'call_events',
  'tickets',
  'ticket_notes',
  'ticket_requests',
  'audit_tool_calls',
  'audit_policy',
  'audit_access',
] as const;
const FIRST_WORKER_TABLES = ['orgs', 'logs', 'leases', 'command_answers'] as const;

/** Those of the knowledge book, in their own step. */
const KNOWLEDGE_TABLES = [
  'knowledge_versions',
  'knowledge_changes',
  'knowledge_revisions',
  'knowledge_conflicts',
] as const;

/** Tables whose rows belong to an org. */
export const ORG_TABLES = [
  ...FIRST_ORG_TABLES,
  'video_consultations',
  ...KNOWLEDGE_TABLES,
  ...AUDIT_ORG_TABLES,
  ...ARCHIVE_ORG_TABLES,
] as const;
/** Tables of the workers themselves: no org sees them. */
export const WORKER_TABLES = [...FIRST_WORKER_TABLES, 'livekit_room_events', 'audit_keys'] as const;

const EVERY_ORG = `(SELECT current_setting('sidetone.scope', true)) = 'every-org'`;
const OWN_ORG = `org_id = (SELECT current_setting('sidetone.org', true))`;

/** Forced, so that it binds the owner of the tables too. Without a setting nothing is seen. */
const rowSecurity = (table: string, sees: string): string => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ${table} USING (${sees}) WITH CHECK (${sees});`;

/**
 * The tables of `sqlite/migrations.ts` for a team: keys begin with or hold the org, positions belong to a log (one for each worker's
 * data folder), `xid` is the transaction that wrote an event, so that a reader can wait for those before it.
 */
export const POSTGRES_MIGRATIONS: readonly PostgresMigration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE orgs (id text PRIMARY KEY, name text NOT NULL, created_at bigint NOT NULL);
CREATE TABLE users (id text NOT NULL, org_id text NOT NULL, email text NOT NULL, name text NOT NULL, role text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (id, org_id));
CREATE TABLE knowledge_docs (id text NOT NULL, org_id text NOT NULL, source text NOT NULL, title text NOT NULL, body text NOT NULL, metadata_json text NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, PRIMARY KEY (id, org_id));
CREATE TABLE knowledge_embeddings (id text NOT NULL, doc_id text NOT NULL, org_id text NOT NULL, embedding bytea NOT NULL, dim integer NOT NULL, model text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (id, org_id));
CREATE TABLE logs (id text PRIMARY KEY, generation integer NOT NULL, spooled_number bigint NOT NULL DEFAULT 0, spooled_token text);
CREATE TABLE conversations (id text NOT NULL, org_id text NOT NULL, log_id text NOT NULL, channel text NOT NULL, display_name text NOT NULL, line text NOT NULL, started_at bigint NOT NULL, connected_at bigint, ended_at bigint, status text NOT NULL, end_reason text, intent text, veto_count integer NOT NULL DEFAULT 0, taken_over boolean NOT NULL DEFAULT false, recorded boolean NOT NULL DEFAULT false, figures_json text, PRIMARY KEY (id, org_id));
CREATE INDEX conversations_by_start ON conversations (org_id, started_at DESC);
CREATE INDEX conversations_by_end ON conversations (org_id, ended_at);
CREATE INDEX conversations_open ON conversations (log_id) WHERE ended_at IS NULL;
CREATE TABLE conversation_turns (id text NOT NULL, org_id text NOT NULL, conversation_id text NOT NULL, speaker text NOT NULL, started_at bigint NOT NULL, ended_at bigint NOT NULL, transcript_text text NOT NULL, metadata_json text NOT NULL, PRIMARY KEY (id, org_id));
CREATE INDEX conversation_turns_by_call ON conversation_turns (conversation_id, started_at);
CREATE TABLE call_events (log_id text NOT NULL, position bigint NOT NULL, id text NOT NULL, org_id text NOT NULL, conversation_id text NOT NULL, seq integer NOT NULL, event_type text NOT NULL, ts bigint NOT NULL, schema_version integer NOT NULL, payload_json text NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY (log_id, position), UNIQUE (id, org_id), UNIQUE (conversation_id, seq, org_id));
CREATE INDEX call_events_by_write ON call_events (xid, position);
CREATE INDEX call_events_released ON call_events (conversation_id) WHERE event_type = 'chunk.released';
CREATE TABLE tickets (id text NOT NULL, org_id text NOT NULL, external_ref text, provider text NOT NULL, status text NOT NULL, subject text NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, request_id text, conversation_id text, description text NOT NULL, priority text NOT NULL, requester_name text NOT NULL, requester_phone text, requester_email text, tags_json text NOT NULL, metadata_json text NOT NULL, PRIMARY KEY (id, org_id), UNIQUE (org_id, request_id));
CREATE INDEX tickets_by_change ON tickets (org_id, updated_at DESC);
CREATE TABLE ticket_notes (id text NOT NULL, org_id text NOT NULL, ticket_id text NOT NULL, body text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (org_id, id), FOREIGN KEY (ticket_id, org_id) REFERENCES tickets (id, org_id));
CREATE TABLE ticket_requests (id text NOT NULL, org_id text NOT NULL, log_id text NOT NULL, conversation_id text NOT NULL, turn_id text, operation_json text NOT NULL, state text NOT NULL, attempts integer NOT NULL, next_attempt_at bigint NOT NULL, ticket_id text, error_code text, created_at bigint NOT NULL, updated_at bigint NOT NULL, PRIMARY KEY (id, org_id));
CREATE INDEX ticket_requests_open ON ticket_requests (log_id, created_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX ticket_requests_by_call ON ticket_requests (conversation_id, created_at);
CREATE TABLE audit_tool_calls (id text NOT NULL, org_id text NOT NULL, conversation_id text NOT NULL, turn_id text, tool_name text NOT NULL, request_hash text NOT NULL, response_hash text NOT NULL, status text NOT NULL, latency_ms double precision NOT NULL, ts bigint NOT NULL, redacted_request_json text NOT NULL, redacted_response_json text NOT NULL, PRIMARY KEY (id, org_id));
CREATE INDEX audit_tool_calls_by_call ON audit_tool_calls (conversation_id, ts);
CREATE TABLE audit_policy (id text NOT NULL, org_id text NOT NULL, conversation_id text NOT NULL, turn_id text, policy_name text NOT NULL, decision text NOT NULL, reason text NOT NULL, ts bigint NOT NULL, payload_json text NOT NULL, PRIMARY KEY (id, org_id));
CREATE INDEX audit_policy_by_call ON audit_policy (conversation_id, ts);
CREATE TABLE audit_access (id text NOT NULL, org_id text NOT NULL, user_id text NOT NULL, action text NOT NULL, outcome text NOT NULL, ts bigint NOT NULL, payload_json text NOT NULL, PRIMARY KEY (id, org_id));
CREATE TABLE leases (call_id text PRIMARY KEY, holder text NOT NULL, generation integer NOT NULL, expires_at bigint NOT NULL);
CREATE TABLE command_answers (user_id text NOT NULL, command_id text NOT NULL, answer_json text NOT NULL, ts bigint NOT NULL, PRIMARY KEY (user_id, command_id));
${FIRST_ORG_TABLES.map(table => rowSecurity(table, `${OWN_ORG} OR ${EVERY_ORG}`)).join('')}
${FIRST_WORKER_TABLES.map(table => rowSecurity(table, EVERY_ORG)).join('')}
`,
  },
  {
    // Beside the bytes, never instead of them: a database may move to a server without the extension.
    version: 2,
    extension: 'vector',
    sql: `
CREATE EXTENSION IF NOT EXISTS vector;
ALTER TABLE knowledge_embeddings ADD COLUMN embedding_vector vector;
`,
  },
  {
    // Consultations, and every event the LiveKit server has told, to whichever worker.
    version: 3,
    sql: `
CREATE TABLE video_consultations (id text NOT NULL, org_id text NOT NULL, customer_id text, agent_id text, partner_id text, room_name text NOT NULL, consultation_type text NOT NULL CHECK (consultation_type IN ('quote', 'claims', 'support', 'training')), quote_id text, claim_id text, ai_handled boolean NOT NULL DEFAULT true, escalated_to_human boolean NOT NULL DEFAULT false, started_at bigint, ended_at bigint, duration_seconds integer, recording_url text, transcript text, ai_summary text, agent_notes text, customer_rating integer CHECK (customer_rating BETWEEN 1 AND 5), created_at bigint NOT NULL, archived boolean NOT NULL DEFAULT false, PRIMARY KEY (id, org_id), UNIQUE (room_name));
CREATE INDEX video_consultations_by_creation ON video_consultations (org_id, created_at DESC);
CREATE TABLE livekit_room_events (id text PRIMARY KEY, event_name text NOT NULL, room_name text NOT NULL, created_at bigint NOT NULL, received_at bigint NOT NULL, room_created_at bigint, recording_url text, payload_json text NOT NULL);
CREATE INDEX livekit_room_events_by_room ON livekit_room_events (room_name, created_at);
${rowSecurity('video_consultations', `${OWN_ORG} OR ${EVERY_ORG}`)}
${rowSecurity('livekit_room_events', EVERY_ORG)}
`,
  },
  {
    // Knowledge with all its revisions, as `sqlite/migrations.ts` has it.
    version: 8,
    sql: `
ALTER TABLE knowledge_docs ADD COLUMN head_id text NOT NULL DEFAULT '', ADD COLUMN published_id text, ADD COLUMN deleted boolean NOT NULL DEFAULT false, ADD COLUMN version bigint NOT NULL DEFAULT 0;
CREATE TABLE knowledge_versions (org_id text PRIMARY KEY, version bigint NOT NULL, published_version bigint NOT NULL);
CREATE TABLE knowledge_changes (org_id text NOT NULL, version bigint NOT NULL, doc_id text NOT NULL, PRIMARY KEY (org_id, version));
CREATE TABLE knowledge_revisions (org_id text NOT NULL, id text NOT NULL, doc_id text NOT NULL, version bigint NOT NULL, place integer NOT NULL, author_id text NOT NULL, received_at bigint NOT NULL, parents_json text NOT NULL, payload_json text NOT NULL, PRIMARY KEY (org_id, id));
CREATE INDEX knowledge_revisions_by_doc ON knowledge_revisions (org_id, doc_id, version, place);
CREATE TABLE knowledge_conflicts (org_id text NOT NULL, id text NOT NULL, doc_id text NOT NULL, version bigint NOT NULL, resolved_by text, resolved_version bigint, payload_json text NOT NULL, PRIMARY KEY (org_id, id));
CREATE INDEX knowledge_conflicts_by_doc ON knowledge_conflicts (org_id, doc_id, resolved_version);
CREATE INDEX call_events_drafted ON call_events (org_id, ts) WHERE event_type = 'chunk.drafted';
${KNOWLEDGE_TABLES.map(table => rowSecurity(table, `${OWN_ORG} OR ${EVERY_ORG}`)).join('')}
`,
  },
  {
    version: 9,
    sql: `${AUDIT_MIGRATION}${ARCHIVE_MIGRATION}${[...AUDIT_ORG_TABLES, ...ARCHIVE_ORG_TABLES].map(table => rowSecurity(table, `${OWN_ORG} OR ${EVERY_ORG}`)).join('')}
${rowSecurity('audit_keys', EVERY_ORG)}`,
  },
];
