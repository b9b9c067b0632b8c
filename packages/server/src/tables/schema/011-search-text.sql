-- The text in which free text of filters is searched, as `searchTextOf` derives it at ingest: decoded and folded, its words
-- separated by characters other than ASCII letters and digits.
ALTER TABLE payloads ADD COLUMN IF NOT EXISTS search_text String CODEC(ZSTD(3)) AFTER output_preview;
ALTER TABLE logs ADD COLUMN IF NOT EXISTS search_text String CODEC(ZSTD(3)) AFTER output_preview;
ALTER TABLE payloads ADD INDEX IF NOT EXISTS search_text_index search_text TYPE text(tokenizer = 'splitByNonAlpha');
ALTER TABLE logs ADD INDEX IF NOT EXISTS search_text_index search_text TYPE text(tokenizer = 'splitByNonAlpha');
ALTER TABLE payloads DROP INDEX IF EXISTS input_text;
ALTER TABLE payloads DROP INDEX IF EXISTS output_text;
ALTER TABLE logs DROP INDEX IF EXISTS body_text;
ALTER TABLE logs DROP INDEX IF EXISTS attributes_text;
