-- Log records that belong to a span and contain the input or output of a model. They are joined with the content of the
-- span on reading, so they can arrive in any order.
CREATE TABLE IF NOT EXISTS logs
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    -- Empty if an evaluation is about the whole trace.
    span_id             String CODEC(ZSTD(1)),
    -- The time of the record, or the time at which it was observed.
    time                DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- 1970 if the record does not have it.
    observed_time       DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    event_name          LowCardinality(String),
    severity_number     UInt32,
    severity_text       LowCardinality(String),
    -- In the lossless JSON of `encodeValue`.
    body                String CODEC(ZSTD(3)),
    attributes          String CODEC(ZSTD(3)),
    dropped_attributes_count UInt32,
    flags               UInt32,
    resource            String CODEC(ZSTD(3)),
    scope               String CODEC(ZSTD(3)),
    -- The first 200 characters for lists.
    input_preview       String CODEC(ZSTD(3)),
    output_preview      String CODEC(ZSTD(3)),
    -- Hash of the record and of the number of equal records before it in its request. A repeated request replaces its
    -- records, while a message that occurs twice stays twice.
    content_hash        UInt64,
    -- Index in its request, which keeps the order of records of the same millisecond.
    position            UInt32,
    version             UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- As in `spans`, hostile times share one partition.
PARTITION BY if(toYear(toDate32(time)) BETWEEN 2020 AND 2049, toDate32(time), toDate32('1970-01-01'))
ORDER BY (project, trace_id, span_id, time, event_name, content_hash)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 512;
