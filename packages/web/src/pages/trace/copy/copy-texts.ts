import { formatTraceTree } from '@throughline/spans';
import type { Message, SpanDetail, Trace } from '../../../api/types.ts';
import { textOf } from '../../../content/conversation/message-text.ts';
import { toJson } from '../../../content/to-json.ts';
import { showCost, showCount, showDuration, sumOf } from '../../../format/numbers.ts';

/** A command that requests an address of the API. The key of the server is not part of it. */
export function curlOf(origin: string, path: string, project: string | undefined): string {
  const query = project === undefined ? '' : `?project=${encodeURIComponent(project)}`;
  return `curl ${quoted(`${origin}/api/v1${path}${query}`)}`;
}

/** Quotes an argument for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function tracePath(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}`;
}

export function spanPath(traceId: string, spanId: string): string {
  return `${tracePath(traceId)}/spans/${encodeURIComponent(spanId)}`;
}

/** A trace for an issue or a chat: its figures, its conclusion and the tree of its spans. */
export function traceMarkdown(trace: Trace, conclusion: string, link: string): string {
  const tokens = sumOf(trace.inputTokens, trace.outputTokens);
  const figures = [
    trace.status === 'error' ? 'failed' : trace.status,
    showDuration(trace.durationMs).text,
    showCost(trace.costUsd, trace).text,
    tokens === null ? '' : `${showCount(tokens).text} tokens`,
    ...trace.models,
    trace.startTime,
  ].filter(Boolean);
  return [
    `### ${inline(trace.name)}`,
    `${figures.map(inline).join(' · ')}  \n[${trace.traceId}](${link})`,
    ...(conclusion === '' ? [] : [inline(conclusion)]),
    fenced(formatTraceTree(trace.spans)),
  ].join('\n\n');
}

/** A span with its content. */
export function spanMarkdown(span: SpanDetail, link: string): string {
  const figures = [span.kind, showDuration(span.durationMs).text, span.model ?? ''].filter(Boolean);
  const error =
    span.status === 'error'
      ? [span.errorType, span.statusMessage].filter(Boolean).join(': ') || 'failed'
      : '';
  return [
    `### ${inline(span.name)}`,
    `${figures.map(inline).join(' · ')}  \n[${span.spanId}](${link})`,
    ...(error === '' ? [] : [`**Error** ${inline(error)}`]),
    ...section('Input', messagesText(span.inputMessages) ?? span.input?.text),
    ...section('Output', messagesText(span.outputMessages) ?? span.output?.text),
    ...(span.tool
      ? section(
          `Tool ${span.tool.name ?? ''}`.trim(),
          toJson({ arguments: span.tool.arguments, result: span.tool.result }, 2),
        )
      : []),
  ].join('\n\n');
}

function messagesText(messages: readonly Message[] | null): string | undefined {
  return messages?.map((message) => `${message.role}: ${textOf(message)}`).join('\n\n');
}

function section(title: string, text: string | undefined): string[] {
  return text ? [`**${inline(title)}**`, fenced(text)] : [];
}

/** A code block. The fence is longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** One line in which no character has a meaning in Markdown. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#|]/g, '\\$&');
}
