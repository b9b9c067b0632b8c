import {
  type InMemoryExporter,
  matchesSpan,
  type RecordedSpan,
  type SpanPattern,
} from './setup/in-memory-exporter.ts';

export {
  InMemoryExporter,
  matchesSpan,
  type RecordedSpan,
  type SpanPattern,
} from './setup/in-memory-exporter.ts';

/** The result of a Vitest or Jest matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Matchers for Vitest and Jest.
 *
 * @example
 * expect.extend(spanMatchers);
 * expect(exporter).toHaveSpan({ kind: 'tool', name: 'search', parent: 'agent' });
 */
export const spanMatchers = { toHaveSpan };

/**
 * Checks whether the exporter recorded a span that matches the pattern. Without a test framework, call it as an ordinary
 * function and read `pass` and `message` from its result.
 */
export function toHaveSpan(exporter: InMemoryExporter, pattern: SpanPattern): MatcherResult {
  const { spans } = exporter;
  const found = spans.find((span) => matchesSpan(span, pattern) && hasParent(span, pattern, spans));
  return {
    pass: found !== undefined,
    message: () =>
      found === undefined
        ? `expected a span like ${describe(pattern)}, found:\n${spans.map(line).join('\n') || '  none'}`
        : `expected no span like ${describe(pattern)}, found:\n${line(found)}`,
  };
}

function hasParent(span: RecordedSpan, { parent }: SpanPattern, spans: readonly RecordedSpan[]): boolean {
  if (parent === undefined) return true;
  if (parent === null) return span.parentSpanId === undefined;
  return spans.some(({ spanId, name }) => spanId === span.parentSpanId && name === parent);
}

function describe(pattern: SpanPattern): string {
  return JSON.stringify(pattern, (_, value) =>
    value instanceof RegExp || typeof value === 'function' ? String(value) : value,
  );
}

function line({ name, kind, status, attributes }: RecordedSpan): string {
  return `  ${name} (${kind}, ${status}) ${JSON.stringify(attributes).slice(0, 300)}`;
}
