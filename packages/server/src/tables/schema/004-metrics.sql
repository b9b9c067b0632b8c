-- Data points of GenAI metrics that clients measured.
CREATE TABLE IF NOT EXISTS metrics
(
    project             LowCardinality(String),
    name                LowCardinality(String),
    -- Hash of everything that identifies a series.
    series_id           String CODEC(ZSTD(1)),
    kind                LowCardinality(String),
    temporality         LowCardinality(String),
    monotonic           Bool,
    unit                LowCardinality(String),
    description         LowCardinality(String),
    attributes          String CODEC(ZSTD(3)),
    -- 1970 if the point does not have it.
    start               DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    time                DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- Histograms only.
    count               Nullable(UInt64) CODEC(ZSTD(1)),
    -- Sum of a histogram, or the value of a sum or gauge.
    sum                 Nullable(Float64) CODEC(ZSTD(1)),
    min                 Nullable(Float64) CODEC(ZSTD(1)),
    max                 Nullable(Float64) CODEC(ZSTD(1)),
    -- The other fields of the point, such as buckets and exemplars, in the lossless JSON of `encodeAttributes`.
    point               String CODEC(ZSTD(3)),
    resource            String CODEC(ZSTD(3)),
    scope               String CODEC(ZSTD(3)),
    version             UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- As in `spans`, hostile times share one partition.
PARTITION BY if(toYear(toDate32(time)) BETWEEN 2020 AND 2049, toDate32(time), toDate32('1970-01-01'))
ORDER BY (project, name, series_id, start, time)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024;
