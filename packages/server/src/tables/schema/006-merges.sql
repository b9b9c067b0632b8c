-- Rows arrive in small parts, several per second, and writing a row again costs about as much as loading it. By default
-- ClickHouse merges about five parts at a time. Merging twelve writes each row less often. The partition of a day then has
-- one or two dozen small parts, which does not slow down index lookups noticeably.
ALTER TABLE payloads MODIFY SETTING min_parts_to_merge_at_once = 12;
ALTER TABLE spans MODIFY SETTING min_parts_to_merge_at_once = 8;
-- Conversations repeat themselves over more than 64 KiB. Larger blocks need a quarter less disk, and reading one text
-- decompresses one to four megabytes (a few milliseconds). Lists read previews, which keep their small blocks.
ALTER TABLE payloads MODIFY COLUMN input MODIFY SETTING min_compress_block_size = 1048576, max_compress_block_size = 4194304;
ALTER TABLE payloads MODIFY COLUMN output MODIFY SETTING min_compress_block_size = 1048576, max_compress_block_size = 4194304;
