-- The rows of a load are written again by their first merge, so a load should cost little: one file for all columns instead of
-- two for each, and the compression of the store, which is quick for small parts and thorough for merged ones (`chdbConfig`).
-- Merging builds the text index, which takes more than half of its time, so it waits for twice as many parts as before.
ALTER TABLE payloads MODIFY SETTING min_bytes_for_wide_part = 268435456, min_parts_to_merge_at_once = 24;
ALTER TABLE payloads MODIFY COLUMN input CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN output CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN attributes CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN events CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN links CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN resource CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN scope CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN input_preview CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN output_preview CODEC(Default);
ALTER TABLE payloads MODIFY COLUMN search_text CODEC(Default);
-- Labels and numbers of the other tables are read by scans, for which LZ4 is best.
ALTER TABLE spans MODIFY SETTING default_compression_codec = 'LZ4';
ALTER TABLE traces MODIFY SETTING default_compression_codec = 'LZ4';
ALTER TABLE logs MODIFY SETTING default_compression_codec = 'LZ4';
ALTER TABLE scores MODIFY SETTING default_compression_codec = 'LZ4';
ALTER TABLE score_starts MODIFY SETTING default_compression_codec = 'LZ4';
ALTER TABLE metrics MODIFY SETTING default_compression_codec = 'LZ4';
-- The lists of rows in the text index take a quarter less.
TUNE payloads SET text_index_posting_list_codec = 'bitpacking';
TUNE logs SET text_index_posting_list_codec = 'bitpacking';
