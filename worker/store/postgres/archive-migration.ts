/** The index of the archive. Words are folded by us, so that every database finds the same; org-scoped like what they are of. */
export const ARCHIVE_MIGRATION = `
ALTER TABLE logs ADD COLUMN archived boolean NOT NULL DEFAULT false;
CREATE TABLE archive_calls (call_id text NOT NULL, org_id text NOT NULL, started_at bigint NOT NULL, outcome text, title text NOT NULL, PRIMARY KEY (call_id, org_id));
CREATE INDEX archive_calls_by_start ON archive_calls (org_id, started_at DESC);
CREATE TABLE archive_lines (org_id text NOT NULL, call_id text NOT NULL, seq integer NOT NULL, ts bigint NOT NULL, kind text NOT NULL, person text, policy text, tool text, mark text, line_text text NOT NULL, folded text NOT NULL, words tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(folded, ' '))) STORED, PRIMARY KEY (call_id, org_id, seq));
CREATE INDEX archive_lines_by_words ON archive_lines USING gin (words);
`;

export const ARCHIVE_ORG_TABLES = ['archive_calls', 'archive_lines'] as const;
