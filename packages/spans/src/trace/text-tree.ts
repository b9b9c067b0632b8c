import type { SpanKind } from '../model/kind.ts';
import type { StatusCode } from '../model/raw-span.ts';
import { formatCost, formatCount, formatDuration, formatTokens } from './format.ts';
import { printableName } from './printable-name.ts';
import { buildTraceTree, type TraceNode, type TreeSpan, walkTree } from './trace-tree.ts';

/** The data of one line of the text tree, as in the API's span summary. Missing values are null. */
export interface TextTreeSpan extends TreeSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly durationMs: number | null;
  readonly status: StatusCode;
  readonly statusMessage: string | null;
  readonly errorType: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
  readonly counted: boolean;
  readonly ttftMs: number | null;
  readonly documentCount: number | null;
  readonly inputDocumentCount: number | null;
  /** Number of its documents that an answer uses. Undefined or null if this is not reported. */
  readonly usedDocumentCount?: number | null;
}

interface Line {
  readonly label: string;
  readonly duration: string;
  readonly cost: string;
  readonly amount: string;
  readonly note: string;
}

/** Deeper spans show their depth as a number instead of indentation, so that very deep traces stay readable. */
const MAX_INDENT = 40;

/**
 * Formats a trace as text:
 *
 *     rag.handle_query        1.40 s   $0.0190   4,283 tok
 *     ├─ embedding             35 ms             24 tok     text-embedding-3-small
 *     └─ inference            1.24 s   $0.0190   4,259 tok  claude-sonnet-4 · first token 380 ms
 *
 * A root shows the totals of its counted descendants, every other span its own values. Costs below $0.0001 are shown only
 * for roots. Control characters in names are replaced, because the text is printed in terminals.
 */
export function formatTraceTree(spans: Iterable<TextTreeSpan>): string {
  const lines: Line[] = [];
  const branches = new Map<TraceNode<TextTreeSpan>, Branch>();
  for (const node of walkTree(buildTraceTree(spans))) {
    const branch = branchOf(node, node.parent ? branches.get(node.parent) : undefined);
    branches.set(node, branch);
    lines.push(lineOf(node, branch.own));
  }
  const width = (column: keyof Line, of: Line[] = lines) =>
    of.reduce((widest, line) => Math.max(widest, line[column].length), 0);
  const [label, duration, cost] = [width('label'), width('duration'), width('cost')];
  const amount = width(
    'amount',
    lines.filter((line) => line.note),
  );
  return lines
    .map((line) =>
      [
        line.label.padEnd(label + 3),
        line.duration.padStart(duration),
        cost && `   ${line.cost.padStart(cost)}`,
        line.amount || line.note ? `   ${line.note ? line.amount.padEnd(amount) : line.amount}` : '',
        line.note && `${amount ? '  ' : ''}${line.note}`,
      ]
        .filter(Boolean)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

function lineOf(node: TraceNode<TextTreeSpan>, branch: string): Line {
  const { span } = node;
  const isRoot = node.parent === null;
  const { tokens, costUsd } = isRoot ? sumsBelow(node) : ownUsage(span);
  return {
    label: branch + printableName(span.name),
    duration: span.durationMs === null ? 'running' : formatDuration(span.durationMs),
    cost: costUsd === null || (costUsd < 0.0001 && !isRoot) ? '' : formatCost(costUsd),
    amount: documentsOf(span) ?? (tokens === null ? '' : formatTokens(tokens)),
    note: noteOf(node),
  };
}

interface Sums {
  readonly tokens: number | null;
  readonly costUsd: number | null;
}

function ownUsage(span: TextTreeSpan): Sums {
  return { tokens: add(span.inputTokens, span.outputTokens), costUsd: span.costUsd };
}

function sumsBelow(root: TraceNode<TextTreeSpan>): Sums {
  if (root.children.length === 0) return ownUsage(root.span);
  let sums: Sums = { tokens: null, costUsd: null };
  for (const { span } of walkTree({ roots: [root], bySpanId: new Map() })) {
    if (!span.counted) continue;
    const own = ownUsage(span);
    sums = { tokens: add(sums.tokens, own.tokens), costUsd: add(sums.costUsd, own.costUsd) };
  }
  return sums;
}

function add(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}

function documentsOf(span: TextTreeSpan): string | null {
  const { documentCount, inputDocumentCount, usedDocumentCount = null } = span;
  if (documentCount === null) return null;
  const used = usedDocumentCount === null ? '' : `, ${formatCount(usedDocumentCount)} used`;
  if (inputDocumentCount !== null)
    return `${formatCount(documentCount)} of ${formatCount(inputDocumentCount)}${used}`;
  return `${documentCount === 1 ? '1 document' : `${formatCount(documentCount)} documents`}${used}`;
}

const ROOT_NOTES = { root: null, orphan: 'parent missing', cycle: 'parents form a cycle' } as const;

function noteOf({ span, rootReason }: TraceNode<TextTreeSpan>): string {
  const error = span.status === 'error' && `✗ ${span.errorType ?? span.statusMessage ?? 'error'}`;
  const parts = [
    span.model,
    span.ttftMs !== null && `first token ${formatDuration(span.ttftMs)}`,
    error,
    rootReason && ROOT_NOTES[rootReason],
  ];
  return parts
    .filter((part): part is string => Boolean(part))
    .map(printableName)
    .join(' · ');
}

/** The prefix of a span's name and the prefix of its children. */
interface Branch {
  readonly own: string;
  readonly below: string;
}

function branchOf(node: TraceNode<TextTreeSpan>, parent: Branch | undefined): Branch {
  if (!parent) return { own: '', below: '' };
  const arm = isLast(node) ? '└─ ' : '├─ ';
  if (node.depth > MAX_INDENT) return { own: `${parent.below}┄ ${node.depth} ${arm}`, below: parent.below };
  return { own: parent.below + arm, below: parent.below + (isLast(node) ? '   ' : '│  ') };
}

function isLast(node: TraceNode<TextTreeSpan>): boolean {
  return node.parent?.children.at(-1) === node;
}
