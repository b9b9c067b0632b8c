-- Full-text search in log records, as in spans.
ALTER TABLE logs ADD INDEX IF NOT EXISTS body_text body TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(replaceAll(body, '\\n', ' ')));
ALTER TABLE logs ADD INDEX IF NOT EXISTS attributes_text attributes TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(replaceAll(attributes, '\\n', ' ')));
ALTER TABLE logs MATERIALIZE INDEX body_text;
ALTER TABLE logs MATERIALIZE INDEX attributes_text;
