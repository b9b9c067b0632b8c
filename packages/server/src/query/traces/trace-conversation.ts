import {
  type ConversationEntry,
  type ConversationStep,
  conversationOf,
  type MessagePart,
  type SpanKind,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { nsToMs, orNull } from '../../clickhouse/numbers.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import {
  type ConversationEntryJson,
  type ConversationPart,
  MAX_PART_TEXT,
  type TraceConversation,
} from '../../contract/trace-conversation.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { type ProjectScope, startsWithin } from '../project-scope.ts';
import { atPlaces } from '../spans/at-places.ts';
import { type ReadContent, readContents } from '../spans/read-contents.ts';
import { spanKey } from '../spans/span-key.ts';
import { readTraceRows } from './trace-row.ts';

export interface TraceConversationOptions {
  /** Maximum number of model and tool calls on a page. */
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Larger spans are left out, so that a page of 50 calls and those before it reads at most 31 MB. */
const MAX_SPAN_BYTES = 500_000;
/** A page ends early at about this many characters. */
const MAX_PAGE_TEXT = 2_000_000;
/** Calls before the page whose messages are not repeated on it. An agent repeats those of its last call. */
const STEPS_BEFORE = 12;
const SORT = 'conversation';

interface StepRow {
  readonly span_id: string;
  readonly kind: 'llm' | 'tool';
  readonly name: string;
  readonly model: string;
  readonly tool_name: string;
  readonly start_ns: string;
  readonly duration_ns: string | null;
  readonly status: string;
  readonly error_type: string;
  readonly message: string;
}

/**
 * One page of what was said in a trace. Undefined if the project does not have the trace. Throws `invalid-cursor`.
 */
export async function readTraceConversation(
  scope: ProjectScope,
  traceId: string,
  options: TraceConversationOptions,
): Promise<TraceConversation | undefined> {
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor, SORT, 'nanoseconds');
  const [trace] = await readTraceRows(scope, [sql`trace_id = ${traceId}`], limits);
  if (!trace) return undefined;
  const range = startsWithin({ fromNs: BigInt(trace.start_ns), toNs: BigInt(trace.last_start_ns) });
  const place = cursor && sql`(${BigInt(cursor.value)}, ${cursor.id})`;
  const own = sql`(toUnixTimestamp64Nano(start), span_id)`;
  const read = (condition: Sql, order: Sql, limit: number) =>
    scope.query<StepRow>(
      sql`
      SELECT span_id, kind, name, model, tool_name, toUnixTimestamp64Nano(start) AS start_ns, duration_ns, status,
        error_type, substringUTF8(status_message, 1, 500) AS message
      FROM (
        SELECT * FROM ${scope.spans} AS spans
        WHERE trace_id = ${traceId} AND ${range} AND kind IN ('llm', 'tool')
        ORDER BY version DESC
        LIMIT 1 BY span_id)
      WHERE (kind = 'tool' OR counted OR ${trace.first_call_id === ''}) AND ${condition}
      ${order}
      LIMIT ${limit}`,
      limits,
    );
  const [steps, before] = await Promise.all([
    read(place ? sql`${own} > ${place}` : sql`true`, sql`ORDER BY start, span_id`, options.limit + 1),
    place ? read(sql`${own} <= ${place}`, sql`ORDER BY start DESC, span_id DESC`, STEPS_BEFORE) : [],
  ]);
  const page = pageOf(steps, options.limit);
  const rows = [...before.reverse(), ...page];
  const contents =
    rows.length === 0
      ? new Map<string, ReadContent>()
      : await readContents(
          scope,
          atPlaces(rows.map(({ span_id, start_ns }) => ({ traceId, spanId: span_id, startNs: start_ns }))),
          MAX_SPAN_BYTES,
          limits,
        );
  const toStep = ({ span_id, kind }: StepRow): ConversationStep => ({
    ...contents.get(spanKey({ traceId, spanId: span_id }))?.content,
    spanId: span_id,
    kind,
  });
  const said = Map.groupBy(conversationOf(rows.map(toStep)), ({ spanId }) => spanId);
  const entries: ConversationEntryJson[] = [];
  let length = 0;
  let shown = 0;
  for (const row of page) {
    if (length > MAX_PAGE_TEXT) break;
    const isKnown = contents.has(spanKey({ traceId, spanId: row.span_id }));
    const added = entriesOf(row, isKnown ? (said.get(row.span_id) ?? []) : undefined);
    length += added.reduce(
      (sum, { parts }) => sum + parts.reduce((all, { text }) => all + text.length, 0),
      0,
    );
    entries.push(...added);
    shown += 1;
  }
  const last = page[shown - 1];
  const hasMore = shown < page.length || steps.length > page.length;
  return {
    entries,
    nextCursor: last && hasMore ? encodeCursor({ sort: SORT, value: last.start_ns, id: last.span_id }) : null,
  };
}

/**
 * A page that is not the last ends with a model call. The tools that the call asked for are on the next page, together with
 * the call that reads their results.
 */
function pageOf(steps: readonly StepRow[], limit: number): readonly StepRow[] {
  if (steps.length <= limit) return steps;
  const lastCall = steps.slice(0, limit).findLastIndex(({ kind }) => kind === 'llm');
  return steps.slice(0, lastCall < 0 ? limit : lastCall + 1);
}

/** The entries of one step. A failed step has at least one, with its error. Undefined: its content is not at hand. */
function entriesOf(row: StepRow, said: readonly ConversationEntry[] | undefined): ConversationEntryJson[] {
  const base = {
    spanId: row.span_id,
    spanName: row.name,
    kind: row.kind satisfies SpanKind,
    model: orNull(row.model),
    startTime: isoTimestampOf(BigInt(row.start_ns)),
    durationMs: nsToMs(row.duration_ns),
    role: null,
    isOutput: false,
    error: null,
  };
  const entries: ConversationEntryJson[] =
    said === undefined
      ? [{ ...base, type: 'omitted', parts: [] }]
      : said.map((entry) =>
          entry.type === 'tool'
            ? { ...base, type: 'tool', parts: toolParts(entry.tool, row) }
            : {
                ...base,
                type: 'message',
                role: entry.message.role,
                isOutput: entry.isOutput,
                parts: entry.message.parts.map(toPart),
              },
        );
  if (row.status !== 'error') return entries;
  const reason = [row.error_type, row.message].filter((part) => part !== '').join(': ') || 'failed';
  const last = entries.pop() ?? { ...base, type: 'omitted', parts: [] };
  return [...entries, { ...last, error: reason }];
}

function toolParts(
  { name, arguments: given, result }: { name?: string; arguments?: unknown; result?: unknown },
  row: StepRow,
): ConversationPart[] {
  const tool = orNull(row.tool_name) ?? name ?? row.name;
  return [
    { type: 'toolCall', name: tool, ...clipped(asText(given)) },
    ...(result === undefined
      ? []
      : [{ type: 'toolResult' as const, name: tool, ...clipped(asText(result)) }]),
  ];
}

const MEDIA: ReadonlySet<string> = new Set(['blob', 'uri', 'file']);

function toPart(part: MessagePart): ConversationPart {
  const record = part as Readonly<Record<string, unknown>>;
  const textOf = (key: string) => (typeof record[key] === 'string' ? (record[key] as string) : null);
  if (part.type === 'text' || part.type === 'refusal')
    return { type: 'text', name: null, ...clipped(textOf('content') ?? '') };
  if (part.type === 'reasoning')
    return { type: 'reasoning', name: null, ...clipped(textOf('content') ?? '') };
  if (part.type === 'tool_call')
    return { type: 'toolCall', name: textOf('name'), ...clipped(asText(record.arguments)) };
  if (part.type === 'tool_call_response')
    return { type: 'toolResult', name: textOf('name'), ...clipped(asText(record.response ?? record.result)) };
  if (MEDIA.has(part.type))
    return { type: 'media', name: textOf('modality') ?? part.type, text: '', cut: false };
  return { type: 'other', name: part.type, text: '', cut: false };
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function clipped(text: string): { readonly text: string; readonly cut: boolean } {
  if (text.length <= MAX_PART_TEXT) return { text, cut: false };
  // A cut between the two code units of a character would leave half of it.
  return { text: text.slice(0, MAX_PART_TEXT).replace(/[\ud800-\udbff]$/, ''), cut: true };
}
