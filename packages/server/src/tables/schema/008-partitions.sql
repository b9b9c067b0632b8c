-- Every partition that a load touches costs it a part of about twenty files, so what a client can send must not decide how
-- many there are. Partitions of a day are for the time since the store was created, and 60 days before; earlier times
-- share one partition a month, and times that no clock can have (before 2020, or two days after they were received)
-- share one. The expression depends on the row alone, so all versions of a row are in the same partition.
REPARTITION spans BY multiIf(
    (start < toDateTime64('2020-01-01 00:00:00', 9, 'UTC')) OR (toUnixTimestamp64Nano(start) > (version + 172800000000000)),
    toDate32('1970-01-01'),
    start < toDateTime64('{daily_since} 00:00:00', 9, 'UTC'),
    toDate32(toStartOfMonth(start)),
    toDate32(start));
REPARTITION payloads BY {partition_key_of spans};
REPARTITION logs BY multiIf(
    (time < toDateTime64('2020-01-01 00:00:00', 9, 'UTC')) OR (toUnixTimestamp64Nano(time) > (version + 172800000000000)),
    toDate32('1970-01-01'),
    time < toDateTime64('{daily_since} 00:00:00', 9, 'UTC'),
    toDate32(toStartOfMonth(time)),
    toDate32(time));
REPARTITION metrics BY {partition_key_of logs};
REPARTITION traces BY {partition_key_of spans};
