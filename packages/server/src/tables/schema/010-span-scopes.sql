-- Name of the instrumentation that recorded the span. It decides whether two spans can describe the same call. NULL in
-- rows that were stored before this column existed.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS scope LowCardinality(Nullable(String)) AFTER mapper_version;
ALTER TABLE spans COMMENT COLUMN counted 'Whether usage and cost of this row count towards the totals of its trace. Only model, embedding and rerank calls count, and a call that several instrumentations recorded counts once. The settler decides it.';
