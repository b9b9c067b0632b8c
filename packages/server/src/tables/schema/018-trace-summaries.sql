-- What lists and pages show of a trace, in one column. The rows of a page are in different blocks of the table, and reading
-- 28 columns of each takes three times as long. The names are those of `TraceRow`.
ALTER TABLE traces ADD COLUMN IF NOT EXISTS summary String MATERIALIZED toJSONString(CAST(tuple(
    toString(toUnixTimestamp64Nano(last_start)),
    toString(version - version_of_tags - span_count),
    toString(duration_ns),
    running,
    status,
    name,
    head_span_id,
    toString(toUnixTimestamp64Nano(head_start)),
    first_call_id,
    toString(toUnixTimestamp64Nano(first_call_start)),
    last_call_id,
    toString(toUnixTimestamp64Nano(last_call_start)),
    span_count,
    error_count,
    toString(input_tokens),
    toString(output_tokens),
    toString(cost_usd),
    unpriced,
    unpriced_models,
    has_documents,
    models,
    services,
    environment,
    user_id,
    session_id,
    feature,
    tags,
    given_tags),
    'Tuple(last_start_ns String, newest_version String, duration_ns Nullable(String), running Bool, status String, name String, head_span_id String, head_start_ns String, first_call_id String, first_call_ns String, last_call_id String, last_call_ns String, span_count UInt32, error_count UInt32, input_tokens Nullable(String), output_tokens Nullable(String), cost_usd Nullable(String), unpriced UInt32, unpriced_models Array(String), has_documents Bool, models Array(String), services Array(String), environment String, user_id String, session_id String, feature String, tags Array(String), given_tags Array(String))'))
    CODEC(ZSTD(1));
ALTER TABLE traces MATERIALIZE COLUMN summary;
