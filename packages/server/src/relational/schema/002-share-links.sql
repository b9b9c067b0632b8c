-- Public links to one trace each. The token of a link is stored as a digest, so a copy of this table opens nothing.
CREATE TABLE share_links
(
    id           TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 of the token, in hex.
    token_digest TEXT NOT NULL UNIQUE,
    project      TEXT NOT NULL,
    trace_id     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    -- Empty if the link does not expire.
    expires_at   BIGINT
);

CREATE INDEX share_links_of_trace ON share_links (project, trace_id);
