-- Models of the calls that have tokens but no known price. Empty in rows that were settled before this column existed.
ALTER TABLE traces ADD COLUMN IF NOT EXISTS unpriced_models Array(LowCardinality(String)) AFTER unpriced;
