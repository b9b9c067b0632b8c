-- Each partition of a load costs a part of about twenty files, so the number of partitions must not depend on the data that
-- clients send. There is one partition per day since 60 days before the store was created, and one per month for earlier
-- times. Impossible times (before 2020, or two days after their receipt) share one partition. The expression depends only
-- on the row, so all versions of a row are in the same partition.
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
