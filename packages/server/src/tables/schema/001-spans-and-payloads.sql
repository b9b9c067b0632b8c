-- The facts of every span: narrow rows that are kept for long and never sampled.
-- Days and minutes are computed with functions that support every time up to 2262. With toDate, which ends in 2149, or
-- toStartOfMinute, which ends in 2106, a span from a wrong clock would not be found. Spans with such times share one
-- partition: each partition of a load costs a part, and hostile times would cause thousands of them.
-- One row per (project, trace, span); a later version of the same span replaces an earlier one.
CREATE TABLE IF NOT EXISTS spans
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    span_id             String CODEC(ZSTD(1)),
    parent_span_id      String CODEC(ZSTD(1)),
    name                LowCardinality(String),
    kind                LowCardinality(String),
    otel_kind           LowCardinality(String),
    start               DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- NULL while the span is running.
    duration_ns         Nullable(UInt64) CODEC(ZSTD(1)),
    status              LowCardinality(String),
    status_message      String CODEC(ZSTD(1)),
    error_type          LowCardinality(String),
    service             LowCardinality(String),
    environment         LowCardinality(String),
    release             LowCardinality(String),
    feature             LowCardinality(String),
    user_id             String CODEC(ZSTD(1)),
    session_id          String CODEC(ZSTD(1)),
    tags                Array(LowCardinality(String)),
    provider            LowCardinality(String),
    model               LowCardinality(String),
    request_model       LowCardinality(String),
    response_id         String CODEC(ZSTD(1)),
    operation           LowCardinality(String),
    finish_reasons      Array(LowCardinality(String)),
    input_tokens        Nullable(UInt64) CODEC(ZSTD(1)),
    output_tokens       Nullable(UInt64) CODEC(ZSTD(1)),
    cache_read_tokens   Nullable(UInt64) CODEC(ZSTD(1)),
    cache_write_tokens  Nullable(UInt64) CODEC(ZSTD(1)),
    reasoning_tokens    Nullable(UInt64) CODEC(ZSTD(1)),
    -- Further token counts by name: audio_input, audio_output, image_input …
    token_details       Map(LowCardinality(String), UInt64),
    cost_usd            Nullable(Decimal(18, 12)) CODEC(ZSTD(1)),
    input_cost_usd      Nullable(Decimal(18, 12)) CODEC(ZSTD(1)),
    output_cost_usd     Nullable(Decimal(18, 12)) CODEC(ZSTD(1)),
    cost_details        Map(LowCardinality(String), Decimal(18, 12)),
    cost_source         LowCardinality(String),
    ttft_ns             Nullable(UInt64) CODEC(ZSTD(1)),
    tool_name           LowCardinality(String),
    agent_name          LowCardinality(String),
    workflow_name       LowCardinality(String),
    prompt_name         LowCardinality(String),
    prompt_version      LowCardinality(String),
    document_count      Nullable(UInt32),
    input_document_count Nullable(UInt32),
    -- Short scalar attributes for filters. All attributes are in payloads.
    attributes          Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    mapper_version      UInt16,
    -- Whether usage and cost of this row count towards the totals of its trace. Only model, embedding and rerank calls
    -- count, and a call that two instrumentations recorded as parent and child counts once.
    counted             Bool,
    -- Time of receipt in nanoseconds since 1970. Of two rows of a span, the later one is kept.
    version             UInt64 CODEC(Delta, ZSTD(1)),
    INDEX trace_id_filter trace_id TYPE bloom_filter(0.0001) GRANULARITY 4,
    INDEX session_id_filter session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX user_id_filter user_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(toYear(toDate32(start)) BETWEEN 2020 AND 2049, toDate32(start), toDate32('1970-01-01'))
ORDER BY (project, intDiv(toUnixTimestamp64Second(start), 60), trace_id, span_id)
-- A day without new rows for ten minutes becomes one part, so that FINAL costs nothing. Over many parts it doubles the
-- duration of a query.
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024,
    min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1;

-- The content of every span as received, stored once and without loss. Messages, documents and tool arguments of the API
-- are derived from these attributes on reading, so that an improved mapper also applies to old spans.
CREATE TABLE IF NOT EXISTS payloads
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    span_id             String CODEC(ZSTD(1)),
    start               DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- Text attributes that contain input, by key, as received.
    input               Map(LowCardinality(String), String) CODEC(ZSTD(3)),
    -- Text attributes that contain output.
    output              Map(LowCardinality(String), String) CODEC(ZSTD(3)),
    -- All other attributes, in the lossless JSON of `encodeAttributes`.
    attributes          String CODEC(ZSTD(3)),
    events              String CODEC(ZSTD(3)),
    links               String CODEC(ZSTD(3)),
    resource            String CODEC(ZSTD(3)),
    scope               String CODEC(ZSTD(3)),
    trace_state         String CODEC(ZSTD(1)),
    flags               UInt32,
    dropped_attributes_count UInt32,
    dropped_events_count UInt32,
    dropped_links_count UInt32,
    -- Values as received. `spans` has the derived ones: an exception makes a span fail, and an end is never before its start.
    end_time_unix_nano  UInt64 CODEC(Delta, ZSTD(1)),
    status_code         LowCardinality(String),
    status_message      String CODEC(ZSTD(1)),
    -- The first 200 characters for lists.
    input_preview       String CODEC(ZSTD(3)),
    output_preview      String CODEC(ZSTD(3)),
    version             UInt64 CODEC(Delta, ZSTD(1)),
    INDEX trace_id_filter trace_id TYPE bloom_filter(0.0001) GRANULARITY 8,
    INDEX input_text mapValues(input) TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(replaceAll(mapValues(input), '\\n', ' '))),
    INDEX output_text mapValues(output) TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(replaceAll(mapValues(output), '\\n', ' ')))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(toYear(toDate32(start)) BETWEEN 2020 AND 2049, toDate32(start), toDate32('1970-01-01'))
ORDER BY (project, intDiv(toUnixTimestamp64Second(start), 60), trace_id, span_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 512;
