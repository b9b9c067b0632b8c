import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { formatCount } from '@throughline/spans';
import { type ApiTarget, CliError } from '../api-client.ts';
import { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { JsonObject } from './json-object.ts';
import { LineError, readRecords } from './read-records.ts';
import { sendJson } from './send-json.ts';

/** Spans and log records in one request, and its approximate size. */
const MAX_RECORDS = 1_000;
const MAX_CHARACTERS = 4 << 20;
const MAX_SCORES = 500;
/** Traces and tags in one request. */
const MAX_TAGGED = 500;
const MAX_TAGS = 20;
/** Tagged traces in memory. */
const MAX_WAITING_TAGS = 20_000;
/** Problems that are printed. */
const MAX_MESSAGES = 10;

interface ImportParts {
  readonly signal: AbortSignal;
  readonly stdin: Readable;
}

/**
 * Sends exported files to a server, in the way in which applications send their spans, so the server maps, redacts and prices
 * them like any others. Importing a file twice changes nothing. `-` means the standard input; names that end with `.gz` are
 * decompressed.
 */
export async function importFiles(
  terminal: Terminal,
  target: ApiTarget,
  files: readonly string[],
  { signal, stdin }: ImportParts,
): Promise<void> {
  const batches = new Batches(target, signal);
  const progress = new Progress(terminal);
  const problems: string[] = [];
  for (const file of files) {
    let number = 0;
    for await (const line of linesOf(file, stdin)) {
      signal.throwIfAborted();
      number++;
      if (line.trim() === '') continue;
      try {
        for (const record of readRecords(line)) await batches.add(record, line.length);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        problems.push(`${file}, line ${number}: ${error.message}.`);
      }
      progress.show(batches.summary());
    }
  }
  await batches.flush();
  progress.clear();
  for (const problem of [...problems, ...batches.rejections].slice(0, MAX_MESSAGES))
    terminal.err(`${problem}\n`);
  terminal.err(`Imported ${batches.summary()} into project "${target.project ?? 'default'}".\n`);
  const failed = problems.length + batches.rejected;
  if (failed > 0) throw new CliError(`${formatCount(failed)} records or lines were not imported.`);
}

function linesOf(file: string, stdin: Readable): AsyncIterable<string> {
  const bytes = file === '-' ? stdin : createReadStream(file);
  const input = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  return failing(lines, [bytes, input], file);
}

/** Passes on errors of the streams, which `readline` ignores. */
async function* failing(
  lines: AsyncIterable<string>,
  streams: readonly Readable[],
  file: string,
): AsyncGenerator<string> {
  let failure: Error | undefined;
  for (const stream of streams)
    stream.on('error', (error) => {
      failure = error;
      for (const each of streams) each.destroy();
    });
  try {
    yield* lines;
    if (failure) throw failure;
  } catch (error) {
    const { message } = failure ?? (error as Error);
    throw new CliError(`${file} cannot be read: ${message}`, 1, error);
  }
}

interface Batch {
  resources: JsonObject[];
  count: number;
  characters: number;
}

/** Collects records and sends them in requests of a moderate size. */
class Batches {
  readonly rejections: string[] = [];
  rejected = 0;
  readonly #target: ApiTarget;
  readonly #signal: AbortSignal;
  readonly #batches = { spans: emptyBatch(), logs: emptyBatch() };
  #scores: JsonObject[] = [];
  /** Traces by their tags as JSON. Traces with the same tags are sent together. */
  readonly #tagged = new Map<string, string[]>();
  #waiting = 0;
  readonly #sent = { spans: 0, logs: 0, scores: 0 };

  constructor(target: ApiTarget, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  async add(record: ReturnType<typeof readRecords>[number], characters: number): Promise<void> {
    if (record.kind === 'score') {
      this.#scores.push(record.score);
      if (this.#scores.length >= MAX_SCORES) await this.#sendScores();
      return;
    }
    if (record.kind === 'tags') {
      for (let at = 0; at < record.tags.length; at += MAX_TAGS)
        await this.#tag(record.traceId, record.tags.slice(at, at + MAX_TAGS));
      return;
    }
    const batch = this.#batches[record.kind];
    if (
      batch.count > 0 &&
      (batch.count + record.count > MAX_RECORDS || batch.characters + characters > MAX_CHARACTERS)
    )
      await this.#send(record.kind);
    const current = this.#batches[record.kind];
    current.resources.push(...record.resources);
    current.count += record.count;
    current.characters += characters;
  }

  async flush(): Promise<void> {
    await this.#send('spans');
    await this.#send('logs');
    await this.#sendScores();
    for (const tags of [...this.#tagged.keys()]) await this.#sendTags(tags);
  }

  summary(): string {
    const { spans, logs, scores } = this.#sent;
    return `${formatCount(spans)} spans, ${formatCount(logs)} log records and ${formatCount(scores)} scores`;
  }

  async #send(kind: 'spans' | 'logs'): Promise<void> {
    const { resources, count } = this.#batches[kind];
    if (count === 0) return;
    this.#batches[kind] = emptyBatch();
    const [path, name] = kind === 'spans' ? ['/v1/traces', 'resourceSpans'] : ['/v1/logs', 'resourceLogs'];
    const answer = await sendJson(
      this.#target,
      path as string,
      JSON.stringify({ [name as string]: resources }),
      this.#signal,
    );
    const { partialSuccess = {} } = answer as { partialSuccess?: Record<string, string | number> };
    const rejected = Number(partialSuccess.rejectedSpans ?? partialSuccess.rejectedLogRecords ?? 0);
    this.#sent[kind] += count - rejected;
    this.rejected += rejected;
    if (rejected > 0) this.rejections.push(String(partialSuccess.errorMessage ?? ''));
  }

  async #tag(traceId: string, tags: readonly string[]): Promise<void> {
    const key = JSON.stringify(tags);
    const traces = this.#tagged.get(key) ?? [];
    traces.push(traceId);
    this.#tagged.set(key, traces);
    if (traces.length >= MAX_TAGGED) await this.#sendTags(key);
    if (++this.#waiting < MAX_WAITING_TAGS) return;
    this.#waiting = 0;
    for (const each of [...this.#tagged.keys()]) await this.#sendTags(each);
  }

  async #sendTags(key: string): Promise<void> {
    const traceIds = this.#tagged.get(key) ?? [];
    this.#tagged.delete(key);
    const body = JSON.stringify({ traceIds, add: JSON.parse(key) as string[] });
    await sendJson(this.#target, '/api/v1/tags', body, this.#signal);
  }

  async #sendScores(): Promise<void> {
    if (this.#scores.length === 0) return;
    const scores = this.#scores;
    this.#scores = [];
    await sendJson(this.#target, '/api/v1/scores', JSON.stringify(scores), this.#signal);
    this.#sent.scores += scores.length;
  }
}

function emptyBatch(): Batch {
  return { resources: [], count: 0, characters: 0 };
}
