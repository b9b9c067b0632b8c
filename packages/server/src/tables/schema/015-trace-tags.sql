-- Tags that people gave to traces. A trace has a tag if the latest row of that tag says so.
CREATE TABLE IF NOT EXISTS trace_tags
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    tag                 LowCardinality(String),
    present             Bool,
    -- Time of the change in nanoseconds since 1970.
    version             UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, trace_id, tag)
SETTINGS index_granularity = 1024;
-- `tags` contains them as well.
ALTER TABLE traces ADD COLUMN IF NOT EXISTS given_tags Array(LowCardinality(String)) AFTER tags;
-- What the changes of given tags added to `version`.
ALTER TABLE traces ADD COLUMN IF NOT EXISTS version_of_tags UInt64 DEFAULT 0 CODEC(LZ4) AFTER version;
