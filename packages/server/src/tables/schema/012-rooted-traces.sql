-- Whether the root span has arrived. A trace without it is finished only after a longer time without new spans.
ALTER TABLE traces ADD COLUMN IF NOT EXISTS rooted Bool DEFAULT 1 AFTER running;
