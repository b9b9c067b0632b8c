import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { formatCount } from '@throughline/spans';
import { type ApiTarget, CliError, getFromApi } from './api-client.ts';
import { checkFilter } from './check-filter.ts';
import type { ExportFormat } from './export-formats.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export interface ExportOptions {
  readonly format: ExportFormat;
  /** Path of the file to write. Default: the standard output. */
  readonly output?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly filter?: string | undefined;
}

/** Writes the selected traces to a file or to the standard output, and the progress to the standard error. */
export async function exportTraces(
  terminal: Terminal,
  target: ApiTarget,
  { format, output, from, to, filter }: ExportOptions,
  { signal, stdout }: { readonly signal: AbortSignal; readonly stdout: Writable },
): Promise<void> {
  checkFilter(filter);
  const response = await getFromApi(
    target,
    '/export',
    { format, from, to, q: filter },
    { accept: '*/*', signal },
  );
  const spans = Number(response.headers.get('x-throughline-spans'));
  const traces = Number(response.headers.get('x-throughline-traces'));
  const sink = output === undefined ? stdout : createWriteStream(output);
  const progress = new Progress(terminal);
  let bytes = 0;
  let lines = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      // In the other formats, a span does not have a line of its own.
      if (format === 'jsonl' || format === 'csv') lines += countLines(chunk);
      const share =
        lines > 0 ? `${formatCount(Math.min(lines, spans))} of ${formatCount(spans)} spans, ` : '';
      progress.show(`${share}${megabytes(bytes)}`);
      if (!sink.write(chunk)) await once(sink, 'drain', { signal });
    }
    if (sink !== stdout) await new Promise((resolve, reject) => sink.on('error', reject).end(resolve));
  } catch (error) {
    if (sink !== stdout) sink.destroy();
    progress.clear();
    if (signal.aborted) throw new CliError('The export was cancelled; the file is not complete.', 1, error);
    throw new CliError(
      `The export ended early after ${megabytes(bytes)}; the file is not complete.`,
      1,
      error,
    );
  }
  progress.clear();
  terminal.err(
    `Exported ${formatCount(traces)} traces with ${formatCount(spans)} spans, ${megabytes(bytes)}.\n`,
  );
}

function countLines(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
