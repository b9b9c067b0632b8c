import type { NotableSpans, TraceNode } from '@throughline/spans';
import type { SpanSummary } from '../contract/span.ts';
import type { NumberedSpans } from './numbered-spans.ts';
import { spanLine } from './span-line.ts';

/** About the number of tokens of one line. */
export const LINE_TOKENS = 22;
const MAX_INDENT = 12;

type Node = TraceNode<SpanSummary>;

/**
 * The tree of a trace with at most this many spans. If it has more, the origins of errors, the most expensive and the longest
 * spans are shown with their ancestors, and a line counts the children that are left out.
 *
 *     #1 agent answer 4.2 s
 *      #2 retriever search 2.6 s 12 documents
 *      … 14 more: 12 tool, 2 llm
 */
export function treeText(spans: NumberedSpans, notable: NotableSpans<SpanSummary>, maxSpans: number): string {
  const shown = chooseNodes(spans.nodes, notable, maxSpans);
  const lines: string[] = [];
  const closing: { readonly depth: number; readonly text: string }[] = [];
  const closeTo = (depth: number) => {
    for (let last = closing.at(-1); last && last.depth >= depth; last = closing.at(-1)) {
      lines.push(last.text);
      closing.pop();
    }
  };
  const hiddenRoots = spans.nodes.filter((node) => node.parent === null && !shown.has(node));
  for (const node of spans.nodes) {
    if (!shown.has(node)) continue;
    closeTo(node.depth);
    lines.push(`${indent(node.depth)}${spans.handleOf(node.span.spanId)} ${spanLine(node.span)}`);
    const hidden = node.children.filter((child) => !shown.has(child));
    if (hidden.length > 0)
      closing.push({ depth: node.depth, text: `${indent(node.depth + 1)}${countOf(hidden)}` });
  }
  closeTo(0);
  if (hiddenRoots.length > 0) lines.push(countOf(hiddenRoots));
  return lines.join('\n');
}

function chooseNodes(
  nodes: readonly Node[],
  { errors, mostExpensive, slowest }: NotableSpans<SpanSummary>,
  maxSpans: number,
): ReadonlySet<Node> {
  if (nodes.length <= maxSpans) return new Set(nodes);
  const first = new Set<SpanSummary>([
    ...errors,
    ...(mostExpensive ? [mostExpensive] : []),
    ...(slowest ? [slowest] : []),
  ]);
  const rank = (node: Node) => (first.has(node.span) ? 0 : 1);
  const ordered = [...nodes].sort(
    (a, b) => rank(a) - rank(b) || a.depth - b.depth || (b.span.durationMs ?? 0) - (a.span.durationMs ?? 0),
  );
  const shown = new Set<Node>();
  for (const node of ordered) {
    const path: Node[] = [];
    for (let at: Node | null = node; at !== null && !shown.has(at); at = at.parent) path.push(at);
    if (shown.size + path.length > maxSpans) continue;
    for (const each of path) shown.add(each);
  }
  return shown;
}

function countOf(nodes: readonly Node[]): string {
  const kinds = new Map<string, number>();
  for (const { span } of nodes) kinds.set(span.kind, (kinds.get(span.kind) ?? 0) + 1);
  const list = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${count} ${kind}`);
  return `… ${nodes.length} more: ${list.join(', ')}`;
}

/** Deeper spans show their depth as a number. */
function indent(depth: number): string {
  return depth <= MAX_INDENT ? ' '.repeat(depth) : `${' '.repeat(MAX_INDENT)}(depth ${depth}) `;
}
