-- Rows come in small parts, several a second, and writing a row again costs about as much as loading it. By its own
-- choice ClickHouse merges about five parts at a time; with twelve a row is written again less often. A day's partition
-- then has a dozen or two small parts, which the indexes bear.
ALTER TABLE payloads MODIFY SETTING min_parts_to_merge_at_once = 12;
ALTER TABLE spans MODIFY SETTING min_parts_to_merge_at_once = 8;
-- Conversations repeat themselves beyond 64 KiB: larger blocks take a quarter less on the disk, and reading one text
-- unpacks one to four megabytes (a few milliseconds). Lists read previews, which keep their small blocks.
ALTER TABLE payloads MODIFY COLUMN input MODIFY SETTING min_compress_block_size = 1048576, max_compress_block_size = 4194304;
ALTER TABLE payloads MODIFY COLUMN output MODIFY SETTING min_compress_block_size = 1048576, max_compress_block_size = 4194304;
