-- The time at which each score first arrived. A later version of a score replaces its row in `scores`, so the first time is
-- stored here. Of the rows of an id, the earliest is kept.
CREATE TABLE IF NOT EXISTS score_starts
(
    project             LowCardinality(String),
    id                  String CODEC(ZSTD(1)),
    created             DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- 2^64-1 minus the time of receipt in nanoseconds, so that the earliest has the highest precedence.
    precedence          UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(precedence)
ORDER BY (project, id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024;

INSERT INTO score_starts (project, id, created, precedence)
SELECT project, id, created, 18446744073709551615 - version FROM scores;
