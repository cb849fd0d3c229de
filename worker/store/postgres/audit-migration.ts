/** Audit chains of devices (research/sync.md A4). Texts stay texts: jsonb reorders keys, and no hash would fit any more. */
export const AUDIT_MIGRATION = `
CREATE TABLE audit_devices (org_id text NOT NULL, device_id text NOT NULL, epoch integer NOT NULL, head_seq bigint NOT NULL, head_hash text NOT NULL, origin_epoch integer, origin_seq bigint, origin_hash text, opened_at bigint NOT NULL, PRIMARY KEY (org_id, device_id, epoch));
CREATE TABLE audit_entries (org_id text NOT NULL, device_id text NOT NULL, epoch integer NOT NULL, seq bigint NOT NULL, event_id text NOT NULL, ts bigint NOT NULL, kind text NOT NULL, payload text, salt text, leaf text NOT NULL, hash text NOT NULL, received_at bigint NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY (org_id, device_id, epoch, seq));
CREATE INDEX audit_entries_written ON audit_entries (org_id, xid, device_id, epoch, seq);
CREATE TABLE audit_parked (org_id text NOT NULL, device_id text NOT NULL, epoch integer NOT NULL, seq bigint NOT NULL, reason text NOT NULL, raw text NOT NULL, PRIMARY KEY (org_id, device_id, epoch, seq));
CREATE TABLE audit_anchors (org_id text NOT NULL, number integer NOT NULL, ts bigint NOT NULL, jws text NOT NULL, PRIMARY KEY (org_id, number));
CREATE TABLE audit_keys (id text PRIMARY KEY, jwk text NOT NULL);
`;

export const AUDIT_ORG_TABLES = ['audit_devices', 'audit_entries', 'audit_parked', 'audit_anchors'] as const;
