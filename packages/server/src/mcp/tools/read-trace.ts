import {
  type ConclusionPart,
  estimateTokens,
  findCriticalPath,
  formatCount,
  formatDuration,
  layoutTrace,
  type NotableSpans,
  notableSpans,
  printableName,
} from '@throughline/spans';
import { z } from 'zod';
import type { SpanSummary } from '../../contract/span.ts';
import type { TraceSummary } from '../../contract/trace.ts';
import type { ProjectScope } from '../../query/project-scope.ts';
import { getSpan } from '../../query/spans/get-span.ts';
import { concludeFound } from '../../query/traces/conclude.ts';
import { type NumberedTrace, readNumberedTrace } from '../read-numbered-trace.ts';
import { errorOf } from '../span-line.ts';
import type { SpanPart } from '../span-parts.ts';
import { defineTool, maxTokensInput, PROJECT, scopeOf, type ToolContext, traceIdInput } from '../tool.ts';
import { costOf, shortTime, tokensOf } from '../trace-line.ts';
import { LINE_TOKENS, treeText } from '../tree-text.ts';
import { spanContent } from './read-span.ts';

export const readTrace = defineTool({
  name: 'read_trace',
  title: 'Read a trace',
  description:
    'Reads one trace as text within a token budget: what stands out (errors with their origin, slowest and most expensive step), the tree of its spans with numbers such as #7, then the content of the spans that matter most. Says what was left out; read_span returns it.',
  input: z.object({ trace_id: traceIdInput, max_tokens: maxTokensInput(4000), ...PROJECT }),
  async run({ trace_id, max_tokens, project }, context) {
    const scope = scopeOf(context, project);
    const trace = await readNumberedTrace(scope, trace_id, context.signal);
    const layout = layoutTrace(trace.spans.nodes.map(({ span }) => span));
    const notable = notableSpans(layout, findCriticalPath(layout));
    const head = [...headOf(trace.summary), ...(await conclusion(scope, trace, notable, context))].join('\n');
    const forTree = Math.max(200, Math.floor((max_tokens - estimateTokens(head)) * TREE_SHARE));
    const spans = `Spans:\n${treeText(trace.spans, notable, Math.max(5, Math.floor(forTree / LINE_TOKENS)))}`;
    const left = max_tokens - estimateTokens(head) - estimateTokens(spans);
    return [head, spans, await contents(scope, trace, notable, left, context.signal)].join('\n\n');
  },
});

/** The tree of a large trace leaves room for content. */
const TREE_SHARE = 0.45;
/** Shorter contents are left out, because they would not be useful. */
const MIN_CONTENT_TOKENS = 80;
const NOTE_TOKENS = 60;
const MAX_CONTENTS = 6;

function headOf(trace: TraceSummary): string[] {
  const attributes = [
    ['user', trace.userId],
    ['session', trace.sessionId],
    ['feature', trace.feature],
    ['env', trace.environment],
    ['services', trace.services.join(', ')],
    ['tags', trace.tags.join(', ')],
  ].flatMap(([name, value]) => (value ? [`${name} ${value}`] : []));
  const scores = trace.scores.map(({ name, value, spanId }) => `${name} ${value}${spanId ? ' (span)' : ''}`);
  return [
    `Trace ${trace.traceId}: ${printableName(trace.name)}, ${trace.running ? 'still running' : trace.status}`,
    `${shortTime(trace.startTime)}, ${trace.durationMs === null ? 'duration unknown' : formatDuration(trace.durationMs)}, cost ${costOf(trace)}, tokens ${tokensOf(trace)}, ${formatCount(trace.spanCount)} spans, models ${trace.models.join(', ') || '–'}`,
    ...(attributes.length > 0 ? [attributes.join(' · ')] : []),
    ...(scores.length > 0 ? [`Scores: ${scores.slice(0, 10).join(' · ')}`] : []),
  ];
}

const MAX_ERRORS = 5;

/** The sentences of the trace page with the numbers of their spans, and the messages of the errors. */
async function conclusion(
  scope: ProjectScope,
  { spans, found }: NumberedTrace,
  { errors }: NotableSpans<SpanSummary>,
  { nowNs, signal }: ToolContext,
): Promise<string[]> {
  const all = spans.nodes.map(({ span }) => span);
  const { sentences } = await concludeFound(scope, found, all, nowNs, { signal });
  const lines = [sentences.map((each) => each.parts.map((part) => numbered(part, spans)).join('')).join(' ')];
  if (errors.length === 0) return lines;
  const failing = errors
    .slice(0, MAX_ERRORS)
    .map((span) => `${spans.handleOf(span.spanId)} ${printableName(span.name)} (${errorOf(span)})`);
  const more = errors.length > MAX_ERRORS ? ` and ${errors.length - MAX_ERRORS} more` : '';
  return [`Errors started in: ${failing.join('; ')}${more}`, ...lines];
}

const MAX_HANDLES = 3;

function numbered({ text, spanIds = [] }: ConclusionPart, spans: NumberedTrace['spans']): string {
  if (spanIds.length === 0) return text;
  const handles = spanIds.slice(0, MAX_HANDLES).map((spanId) => spans.handleOf(spanId));
  return `${text} (${handles.join(', ')}${spanIds.length > MAX_HANDLES ? ', …' : ''})`;
}

const CONTENT_PARTS: readonly SpanPart[] = [
  'error',
  'output',
  'input',
  'tool',
  'documents',
  'scores',
  'prompt',
  'metadata',
  'events',
];

/** The content of the spans that matter most, and how to read the rest. */
async function contents(
  scope: ProjectScope,
  { summary, spans }: NumberedTrace,
  notable: NotableSpans<SpanSummary>,
  maxTokens: number,
  signal: AbortSignal,
): Promise<string> {
  const chosen = choose(spans.nodes[0]?.span, notable);
  const sections: string[] = [];
  let left = maxTokens - NOTE_TOKENS;
  let waiting = chosen.length;
  for (const { span, why } of chosen) {
    const share = Math.floor(left / Math.max(1, waiting--));
    if (share < MIN_CONTENT_TOKENS) break;
    const detail = await getSpan(scope, summary.traceId, span.spanId, signal);
    if (!detail) continue;
    const head = `${spans.handleOf(span.spanId)} ${printableName(span.name)} (${why})`;
    const body = spanContent(detail, share - estimateTokens(head), CONTENT_PARTS);
    if (body === '') continue;
    sections.push(`${head}\n${body}`);
    left -= estimateTokens(head) + estimateTokens(body);
  }
  const omitted = summary.spanCount - sections.length;
  const note =
    omitted === 0
      ? 'Attributes, resource and links are left out: read_span with part.'
      : `Left out: the content of ${formatCount(omitted)} other spans, and attributes, resource and links of all. Read one with read_span, such as span "#${spans.nodes.length}", or raise max_tokens.`;
  return [...sections, note].join('\n\n');
}

/** Origins of errors first, then the question and answer of the whole trace, then what cost most. */
function choose(
  root: SpanSummary | undefined,
  { errors, mostExpensive, slowest }: NotableSpans<SpanSummary>,
) {
  const chosen = new Map<SpanSummary, string>();
  const add = (span: SpanSummary | undefined, why: string) => {
    if (span && !chosen.has(span) && chosen.size < MAX_CONTENTS) chosen.set(span, why);
  };
  for (const span of errors.slice(0, 3)) add(span, 'error started here');
  add(root, 'root');
  add(mostExpensive, 'most expensive');
  add(slowest, 'slowest');
  return [...chosen].map(([span, why]) => ({ span, why }));
}
