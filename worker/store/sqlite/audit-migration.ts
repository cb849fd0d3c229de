/** Audit chains of devices: heads, entries in the order they came, what was parked, anchors, keys (research/sync.md A4). */
export const AUDIT_MIGRATION = `
CREATE TABLE audit_devices (org_id TEXT NOT NULL, device_id TEXT NOT NULL, epoch INTEGER NOT NULL, head_seq INTEGER NOT NULL, head_hash TEXT NOT NULL, origin_epoch INTEGER, origin_seq INTEGER, origin_hash TEXT, opened_at INTEGER NOT NULL, own INTEGER NOT NULL DEFAULT 0, acked_seq INTEGER NOT NULL DEFAULT 0, acked_hash TEXT, PRIMARY KEY (org_id, device_id, epoch)) STRICT, WITHOUT ROWID;
CREATE INDEX audit_devices_waiting ON audit_devices (org_id, device_id, epoch) WHERE own = 1 AND acked_seq < head_seq;
CREATE TABLE audit_entries (position INTEGER PRIMARY KEY AUTOINCREMENT, org_id TEXT NOT NULL, device_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, event_id TEXT NOT NULL, ts INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT, salt TEXT, leaf TEXT NOT NULL, hash TEXT NOT NULL, received_at INTEGER NOT NULL, UNIQUE (org_id, device_id, epoch, seq)) STRICT;
CREATE TABLE audit_parked (org_id TEXT NOT NULL, device_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL, PRIMARY KEY (org_id, device_id, epoch, seq)) STRICT;
CREATE TABLE audit_anchors (org_id TEXT NOT NULL, number INTEGER NOT NULL, ts INTEGER NOT NULL, jws TEXT NOT NULL, PRIMARY KEY (org_id, number)) STRICT;
CREATE TABLE audit_keys (id TEXT PRIMARY KEY, jwk TEXT NOT NULL) STRICT;
CREATE TABLE audit_self (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL) STRICT;
`;
