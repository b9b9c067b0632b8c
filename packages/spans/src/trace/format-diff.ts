import type { DiffField, DiffRow } from './diff-traces.ts';
import { countChanges } from './diff-traces.ts';
import type { DiffableSpan } from './diffable-span.ts';
import { formatCost, formatCount, formatDuration } from './format.ts';
import { printableName } from './printable-name.ts';

const MARKS = { same: ' ', changed: '~', moved: '>', added: '+', removed: '-' } as const;
/** Deeper steps are not indented further. */
const MAX_INDENT = 20;

/**
 * Formats the comparison of two traces as text, one line for each step:
 *
 *     ~ answer          +1.10 s   +$0.0042   +310 tok   output
 *       ├ search        +1.08 s
 *     + └ rerank        +21 ms
 *
 * `~` has other values in both traces, `>` is below another step, `+` is only in the second, `-` only in the first. Control characters in names are
 * replaced, because the text is printed in terminals.
 */
export function formatDiff(rows: readonly DiffRow<DiffableSpan>[]): string {
  const lines = rows.map((row) => ({ row, label: labelOf(row), figures: figuresOf(row) }));
  const width = lines.reduce((widest, { label }) => Math.max(widest, label.length), 0);
  const { same, changed, moved, added, removed } = countChanges(rows);
  return [
    `Steps: ${formatCount(same)} the same, ${formatCount(changed)} changed, ${formatCount(moved)} moved, ${formatCount(added)} added, ${formatCount(removed)} removed`,
    ...lines.map(({ label, figures }) => `${label.padEnd(width)}  ${figures}`.trimEnd()),
  ].join('\n');
}

function labelOf({ a, b, change, depth }: DiffRow<DiffableSpan>): string {
  const name = printableName((b ?? a)?.name ?? '');
  return `${MARKS[change]} ${'  '.repeat(Math.min(depth, MAX_INDENT))}${name}`;
}

function figuresOf({ a, b, delta, differences }: DiffRow<DiffableSpan>): string {
  return [
    signed(delta.durationMs, formatDuration),
    signed(delta.costUsd, formatCost),
    signed(delta.tokens, (tokens) => `${formatCount(tokens)} tok`),
    a && b ? differences.map((field) => describe(field, a, b)).join(', ') : '',
  ]
    .filter(Boolean)
    .join('  ');
}

/** Empty for an unknown difference or none. */
export function signed(value: number | null, format: (value: number) => string): string {
  if (value === null || value === 0) return '';
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

function describe(field: DiffField, a: DiffableSpan, b: DiffableSpan): string {
  if (field === 'model') return `model ${nameOf(a.model)} → ${nameOf(b.model)}`;
  if (field === 'name') return `name ${nameOf(a.name)} → ${nameOf(b.name)}`;
  if (field === 'parent') return 'below another step';
  if (field === 'status') return b.status === 'error' ? 'now fails' : 'no longer fails';
  if (field === 'error') return `error ${errorOf(a)} → ${errorOf(b)}`;
  return `${field} differs`;
}

function errorOf({ status, errorType, statusMessage }: DiffableSpan): string {
  return nameOf(status === 'error' ? (errorType ?? statusMessage) : null);
}

function nameOf(text: string | null): string {
  return text === null ? 'none' : printableName(text);
}
