-- Log records that belong to a span and say what a model was asked and answered. The content of a span is joined
-- with them on reading, so it does not matter which of the two arrives first.
CREATE TABLE IF NOT EXISTS logs
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    -- Empty where an evaluation is about the whole trace.
    span_id             String CODEC(ZSTD(1)),
    -- When it happened, else when it was observed.
    time                DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- 1970 where the record does not say.
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
    -- Of the record, and of how many equal ones stand before it in its request: a repeated request replaces its
    -- records, while a message that was said twice stays twice.
    content_hash        UInt64,
    -- Place in its request: records of one millisecond keep their order.
    position            UInt32,
    version             UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- As spans: hostile times share one partition.
PARTITION BY if(toYear(toDate32(time)) BETWEEN 2020 AND 2049, toDate32(time), toDate32('1970-01-01'))
ORDER BY (project, trace_id, span_id, time, event_name, content_hash)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 512;
