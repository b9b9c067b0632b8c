-- Scores of a span, a trace or a session. A later version of the same id replaces an earlier one.
CREATE TABLE IF NOT EXISTS scores
(
    project             LowCardinality(String),
    -- Chosen by the client, otherwise a hash of target, name, source and evaluator.
    id                  String CODEC(ZSTD(1)),
    trace_id            String CODEC(ZSTD(1)),
    span_id             String CODEC(ZSTD(1)),
    session_id          String CODEC(ZSTD(1)),
    name                LowCardinality(String),
    -- Decides which of the next two columns contains the value: number, boolean (0 or 1), category (text).
    value_type          LowCardinality(String),
    number              Nullable(Float64) CODEC(ZSTD(1)),
    text                String CODEC(ZSTD(1)),
    -- Meaning of a number in words: pass, relevant …
    label               LowCardinality(String),
    unit                LowCardinality(String),
    source              LowCardinality(String),
    evaluator           LowCardinality(String),
    comment             String CODEC(ZSTD(3)),
    -- JSON, or empty.
    metadata            String CODEC(ZSTD(3)),
    created             DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- Time of receipt in nanoseconds since 1970, which is the time of the last change.
    version             UInt64 CODEC(Delta, ZSTD(1)),
    INDEX trace_id_filter trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX session_id_filter session_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024;
