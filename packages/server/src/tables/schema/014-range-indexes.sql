-- Filters by attributes read only the blocks that contain the value. Lists that are sorted by duration or cost read only the
-- blocks whose largest value is large enough. Loads leave these indexes to the merges.
ALTER TABLE spans ADD INDEX IF NOT EXISTS attribute_values mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE spans ADD INDEX IF NOT EXISTS duration_range duration_ns TYPE minmax GRANULARITY 1;
ALTER TABLE spans ADD INDEX IF NOT EXISTS cost_range cost_usd TYPE minmax GRANULARITY 1;
ALTER TABLE traces ADD INDEX IF NOT EXISTS duration_range duration_ns TYPE minmax GRANULARITY 1;
ALTER TABLE traces ADD INDEX IF NOT EXISTS cost_range cost_usd TYPE minmax GRANULARITY 1;
ALTER TABLE spans MATERIALIZE INDEX attribute_values, MATERIALIZE INDEX duration_range, MATERIALIZE INDEX cost_range;
ALTER TABLE traces MATERIALIZE INDEX duration_range, MATERIALIZE INDEX cost_range;
