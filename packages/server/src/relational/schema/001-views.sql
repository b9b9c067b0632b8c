-- Lists that people saved: which rows, in which order, with which columns.
-- Every statement runs on SQLite and on Postgres. Times are milliseconds since 1970, truth values are 0 and 1.
CREATE TABLE views
(
    id         TEXT NOT NULL PRIMARY KEY,
    project    TEXT NOT NULL,
    -- The page that shows the view: traces, spans …
    page       TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- The name as it is compared with others.
    name_key   TEXT NOT NULL,
    -- JSON with a version; the page knows its content.
    state      TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project, page, name_key)
);

CREATE UNIQUE INDEX views_default ON views (project, page) WHERE is_default = 1;
