-- Runs that compute the costs of stored spans again. A run that a crash interrupts is continued by the next start.
CREATE TABLE reprice_jobs
(
    id          TEXT NOT NULL PRIMARY KEY,
    project     TEXT NOT NULL,
    -- JSON: the filter and the range of spans.
    selection   TEXT NOT NULL,
    dry_run     INTEGER NOT NULL,
    -- running, done, cancelled or failed.
    state       TEXT NOT NULL,
    -- JSON: where the run is and what it has changed so far.
    progress    TEXT NOT NULL,
    -- JSON: the progress after the window that is being written. Empty between two windows.
    pending     TEXT NOT NULL,
    error       TEXT NOT NULL,
    -- The server that works on it, and until when others leave it alone.
    owner       TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

CREATE INDEX reprice_jobs_of_project ON reprice_jobs (project, created_at);

CREATE UNIQUE INDEX reprice_jobs_running ON reprice_jobs (project) WHERE state = 'running';
