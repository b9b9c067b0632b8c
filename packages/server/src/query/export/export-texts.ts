import { csvLine } from '@throughline/spans';
import type { Score } from '../../contract/score.ts';
import type { ProjectScope } from '../project-scope.ts';
import { BatchSize } from './batch-size.ts';
import {
  type ExportedSpan,
  type ExportedTags,
  exportedFacts,
  exportedLogs,
  exportedScores,
  exportedTags,
  otlpRecordOf,
  type RunQuery,
  withContent,
} from './export-rows.ts';
import { type ExportSelection, type SelectedTrace, selectedTraces } from './export-selection.ts';
import { FACT_NAMES, type SpanFactsRow } from './fact-columns.ts';
import { type OtlpRecord, otlpLogs, otlpResource, otlpScope, otlpTraces } from './otlp-json.ts';

export const EXPORT_TEXT_FORMATS = ['jsonl', 'csv', 'otlp'] as const;
export type ExportTextFormat = (typeof EXPORT_TEXT_FORMATS)[number];

/** Converts the parts of an export to text. A part without a function is left out and not read. */
interface Writer {
  readonly head: string;
  readonly facts?: (rows: readonly SpanFactsRow[]) => string;
  readonly spans?: (spans: readonly ExportedSpan[]) => string;
  readonly logs?: (records: readonly OtlpRecord[]) => string;
  readonly scores?: (scores: readonly Score[]) => string;
  readonly tags?: (traces: readonly ExportedTags[]) => string;
}

const WRITERS: Readonly<Record<ExportTextFormat, Writer>> = {
  jsonl: {
    head: '',
    spans: (spans) => lines(spans.map(jsonSpan)),
    logs: (records) =>
      lines(records.map((record) => ({ type: 'log', otlp: jsonRecord('logRecord', record) }))),
    scores: (scores) => lines(scores.map((score) => ({ type: 'score', ...score }))),
    tags: (traces) => lines(traces.map((trace) => ({ type: 'tags', ...trace }))),
  },
  csv: {
    head: csvLine(FACT_NAMES),
    facts: (rows) => rows.map((row) => csvLine(FACT_NAMES.map((name) => row[name]))).join(''),
  },
  otlp: {
    head: '',
    spans: (spans) => lines([otlpTraces(spans.map(otlpRecordOf))]),
    logs: (records) => lines([otlpLogs(records)]),
  },
};

/** Traces whose spans are read together. */
const MAX_TRACES = 200;
const MAX_SPANS = 2_000;

/**
 * The text of an export in pieces. At most one page of traces and one batch of spans of a few megabytes are in memory, and
 * nothing is read before the previous piece is taken.
 */
export async function* exportTexts(
  scope: ProjectScope,
  selection: ExportSelection,
  format: ExportTextFormat,
  run: RunQuery,
): AsyncGenerator<string> {
  const writer = WRITERS[format];
  const [factsSize, contentSize] = [new BatchSize({ first: 500, maxRows: 5_000 }), new BatchSize()];
  if (writer.head !== '') yield writer.head;
  for await (const page of selectedTraces(scope, selection, run))
    for (const traces of groupsOf(page)) {
      for await (const facts of exportedFacts(scope, traces, factsSize, run)) {
        if (writer.facts) yield writer.facts(facts);
        if (!writer.spans) continue;
        for await (const spans of withContent(scope, facts, contentSize, run)) yield writer.spans(spans);
      }
      if (writer.logs) for await (const logs of exportedLogs(scope, traces, run)) yield writer.logs(logs);
      if (writer.scores)
        for await (const scores of exportedScores(scope, traces, run)) yield writer.scores(scores);
      const tags = writer.tags?.(await exportedTags(scope, traces, run)) ?? '';
      if (tags !== '') yield tags;
    }
}

/** Splits a page into groups of a moderate number of spans. A large trace is a group by itself. */
function* groupsOf(page: readonly SelectedTrace[]): Generator<SelectedTrace[]> {
  let group: SelectedTrace[] = [];
  let spans = 0;
  for (const trace of page) {
    if (group.length > 0 && (group.length >= MAX_TRACES || spans + trace.spanCount > MAX_SPANS)) {
      yield group;
      [group, spans] = [[], 0];
    }
    group.push(trace);
    spans += trace.spanCount;
  }
  if (group.length > 0) yield group;
}

function lines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function jsonSpan(span: ExportedSpan) {
  const { startNs: _startNs, durationNs: _durationNs, otelKind: _otelKind, ...facts } = span.facts;
  return { type: 'span', ...facts, otlp: jsonRecord('span', otlpRecordOf(span)) };
}

/** A record with its own resource and scope, so that each line can be used by itself. */
function jsonRecord(name: 'span' | 'logRecord', { resource, scope, record }: OtlpRecord) {
  return {
    resource: otlpResource(resource),
    ...(resource.schemaUrl !== '' && { resourceSchemaUrl: resource.schemaUrl }),
    scope: otlpScope(scope),
    ...(scope.schemaUrl !== '' && { scopeSchemaUrl: scope.schemaUrl }),
    [name]: record,
  };
}
