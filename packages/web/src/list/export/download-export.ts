import { formatCount } from '@throughline/spans';
import { toApiError } from '../../api/api-error.ts';

export const EXPORT_FORMATS = {
  jsonl: { label: 'JSON lines', describes: 'spans with content, log records and scores' },
  otlp: { label: 'OTLP', describes: 'export requests of OpenTelemetry as JSON' },
  csv: { label: 'CSV', describes: 'facts of spans, for spreadsheets' },
  parquet: { label: 'Parquet', describes: 'facts of spans, for data tools' },
} as const;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

export interface ExportProgress {
  readonly spans: number;
  /** Spans that were received. Undefined for formats in which they cannot be counted. */
  readonly received: number | undefined;
  readonly bytes: number;
}

/** The traces of a list, or some traces by their ids. */
export type ExportSelection =
  | { readonly from: string; readonly to?: string; readonly q?: string }
  | { readonly traceIds: readonly string[] };

/** Maximum number of ids in a request. */
export const MAX_EXPORTED_IDS = 10_000;

/** Requests an export and returns its file. Large files are kept by the browser, not by this page. */
export async function downloadExport(
  format: ExportFormat,
  project: string,
  selection: ExportSelection,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<{ readonly file: Blob; readonly name: string }> {
  const response = await fetch(`/api/v1/export?${new URLSearchParams({ project })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...selection, format }),
    signal,
  });
  if (!response.ok || response.body === null)
    throw toApiError(response.status, await response.json().catch(() => undefined));
  const spans = Number(response.headers.get('x-throughline-spans'));
  const countsLines = format === 'jsonl' || format === 'csv';
  const reader = response.body.getReader();
  const chunks: Blob[] = [];
  let [bytes, lines] = [0, 0];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    // A Blob can leave the memory of the page.
    chunks.push(new Blob([next.value]));
    bytes += next.value.length;
    if (countsLines) lines += linesIn(next.value);
    onProgress({ spans, bytes, received: countsLines ? Math.min(lines, spans) : undefined });
  }
  return { file: new Blob(chunks), name: nameOf(response, format) };
}

function linesIn(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

function nameOf(response: Response, format: ExportFormat): string {
  return (
    /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? `traces.${format}`
  );
}

/** Progress in words. */
export function describeProgress({ spans, received, bytes }: ExportProgress): string {
  if (spans === 0) return 'Exporting…';
  const share = received === undefined ? '' : `${formatCount(received)} of ${formatCount(spans)} spans, `;
  return `${share}${(bytes / 1e6).toFixed(1)} MB`;
}

/** Lets the browser save a file. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has its own reference once the download has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
