-- One row per trace, computed only from `spans` after each load (see settle/). Lists, sorting, trace filters and totals
-- read it, so that they do not have to group spans.
-- The earliest start is part of the key. If it moves to another minute, the old key gets a row with `deleted`.
CREATE TABLE IF NOT EXISTS traces
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    -- Earliest and latest start of its spans.
    start               DateTime64(9, 'UTC') CODEC(Delta, LZ4),
    last_start          DateTime64(9, 'UTC') CODEC(Delta, LZ4),
    -- From the first start to the last end; NULL while no span has ended.
    duration_ns         Nullable(UInt64) CODEC(LZ4),
    running             Bool,
    status              LowCardinality(String),
    -- Name and span id of the root, or of the earliest span if there is no root.
    name                LowCardinality(String),
    head_span_id        String CODEC(ZSTD(1)),
    head_start          DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- First and last model call: their content is shown if the head has none. Empty if there is none.
    first_call_id       String CODEC(ZSTD(1)),
    first_call_start    DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    last_call_id        String CODEC(ZSTD(1)),
    last_call_start     DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    span_count          UInt32 CODEC(LZ4),
    error_count         UInt32 CODEC(LZ4),
    -- Sums over the counted spans. NULL if none of them has the value.
    input_tokens        Nullable(UInt64) CODEC(LZ4),
    output_tokens       Nullable(UInt64) CODEC(LZ4),
    cache_read_tokens   Nullable(UInt64) CODEC(LZ4),
    cache_write_tokens  Nullable(UInt64) CODEC(LZ4),
    reasoning_tokens    Nullable(UInt64) CODEC(LZ4),
    cost_usd            Nullable(Decimal(38, 12)) CODEC(LZ4),
    -- Number of counted calls with tokens but without cost.
    unpriced            UInt32 CODEC(LZ4),
    has_documents       Bool,
    -- From the root, or from the earliest span that has it.
    user_id             String CODEC(ZSTD(1)),
    session_id          String CODEC(ZSTD(1)),
    feature             LowCardinality(String),
    environment         LowCardinality(String),
    -- Distinct values of its spans, at most 1,000 each. Models are sorted by cost, most expensive first; the first service is
    -- that of the head.
    names               Array(LowCardinality(String)),
    kinds               Array(LowCardinality(String)),
    models              Array(LowCardinality(String)),
    providers           Array(LowCardinality(String)),
    operations          Array(LowCardinality(String)),
    tools               Array(LowCardinality(String)),
    agents              Array(LowCardinality(String)),
    workflows           Array(LowCardinality(String)),
    prompts             Array(LowCardinality(String)),
    prompt_versions     Array(LowCardinality(String)),
    services            Array(LowCardinality(String)),
    environments        Array(LowCardinality(String)),
    releases            Array(LowCardinality(String)),
    features            Array(LowCardinality(String)),
    users               Array(String) CODEC(ZSTD(1)),
    sessions            Array(String) CODEC(ZSTD(1)),
    tags                Array(LowCardinality(String)),
    finish_reasons      Array(LowCardinality(String)),
    error_types         Array(LowCardinality(String)),
    -- Times of receipt of its first span and of the span with the earliest start. They show whether the trace moved while a
    -- list is read.
    first_version       UInt64 CODEC(Delta, LZ4),
    start_version       UInt64 CODEC(Delta, LZ4),
    -- Time of receipt of the newest span plus the number of spans. It increases with every arrival, in any order.
    version             UInt64 CODEC(Delta, ZSTD(1)),
    deleted             UInt8,
    INDEX trace_id_filter trace_id TYPE bloom_filter(0.0001) GRANULARITY 4,
    INDEX users_filter users TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX sessions_filter sessions TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY if(toYear(toDate32(start)) BETWEEN 2020 AND 2049, toDate32(start), toDate32('1970-01-01'))
ORDER BY (project, intDiv(toUnixTimestamp64Second(start), 60), trace_id)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
