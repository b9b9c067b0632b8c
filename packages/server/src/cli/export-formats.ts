/** Formats of `throughline export`. */
export const EXPORT_FORMATS = ['jsonl', 'otlp', 'csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
