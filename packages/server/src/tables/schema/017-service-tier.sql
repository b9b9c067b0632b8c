-- The service tier of the call, such as `flex`, which its price depends on. Empty if the client does not report it. NULL in
-- rows that were stored before this column existed.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS service_tier LowCardinality(Nullable(String)) AFTER finish_reasons;
