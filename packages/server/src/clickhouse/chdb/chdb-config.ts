import { availableParallelism, totalmem } from 'node:os';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/**
 * Sizes that ClickHouse chooses for a dedicated server by default, reduced for use within a Node process.
 * Caches help little here, because the working set is read from the page cache of the operating system.
 */
const SIZES: Readonly<Record<string, number>> = {
  mark_cache_size: 96 * MIB,
  index_mark_cache_size: 32 * MIB,
  primary_index_cache_size: 64 * MIB,
  uncompressed_cache_size: 0,
  index_uncompressed_cache_size: 0,
  query_condition_cache_size: 16 * MIB,
  text_index_tokens_cache_size: 16 * MIB,
  text_index_header_cache_size: 32 * MIB,
  text_index_postings_cache_size: 16 * MIB,
  vector_similarity_index_cache_size: 0,
  compiled_expression_cache_size: 16 * MIB,
  parquet_metadata_cache_size: 0,
  iceberg_metadata_files_cache_size: 0,
  unique_key_index_cache_size_bytes: 0,
  mmap_cache_size: 64,
  max_thread_pool_size: 256,
  // Idle threads above this number end. Each has three descriptors.
  max_thread_pool_free_size: 16,
  max_io_thread_pool_size: 16,
};

/** Half of the memory of the machine, between 1 and 8 GiB. */
export function defaultMemoryBytes(machineBytes: number = totalmem()): number {
  return Math.floor(Math.min(8 * GIB, Math.max(GIB, machineBytes / 2)));
}

/** Parts of this size are compressed thoroughly. */
const MERGED_BYTES = 4 * MIB;

/**
 * How columns with the codec `Default` are compressed: thoroughly by merges, and quickly by loads and small merges, whose
 * rows are soon written again. A load of `payloads` takes 31 instead of 44 µs of processor time for a row.
 */
const CONTENT_COMPRESSION = `  <compression>
    <case>
      <min_part_size>0</min_part_size>
      <min_part_size_ratio>0</min_part_size_ratio>
      <method>zstd</method>
      <level>1</level>
    </case>
    <case>
      <min_part_size>${MERGED_BYTES}</min_part_size>
      <min_part_size_ratio>0</min_part_size_ratio>
      <method>zstd</method>
      <level>3</level>
    </case>
  </compression>`;

/** Number of threads that merge. The other processors are left to acknowledging, loading and reading. */
export function mergeThreads(processors: number = availableParallelism()): number {
  return Math.max(1, Math.floor(processors / 4));
}

/**
 * The `--config-file` of the embedded ClickHouse.
 * `fsync_*`: a load is on disk before it is acknowledged. System logs are disabled because they grow without bound.
 */
export function chdbConfig(memoryBytes: number, contentCompression = CONTENT_COMPRESSION): string {
  const sizes = Object.entries(SIZES).map(([name, size]) => `  <${name}>${size}</${name}>`);
  return `<clickhouse>
${sizes.join('\n')}
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <background_pool_size>${mergeThreads()}</background_pool_size>
  <background_merges_mutations_scheduling_policy>shortest_task_first</background_merges_mutations_scheduling_policy>
${contentCompression}
  <query_cache><max_size_in_bytes>0</max_size_in_bytes></query_cache>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
  </merge_tree>
${SYSTEM_LOGS.map((name) => `  <${name} remove="1"/>`).join('\n')}
</clickhouse>
`;
}

const SYSTEM_LOGS = [
  'query_log',
  'query_thread_log',
  'query_views_log',
  'query_metric_log',
  'part_log',
  'trace_log',
  'text_log',
  'metric_log',
  'asynchronous_metric_log',
  'latency_log',
  'error_log',
  'crash_log',
  'processors_profile_log',
  'opentelemetry_span_log',
  'session_log',
  'blob_storage_log',
  'background_schedule_pool_log',
] as const;
