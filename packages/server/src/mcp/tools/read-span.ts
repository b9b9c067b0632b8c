import { estimateTokens } from '@throughline/spans';
import { z } from 'zod';
import type { SpanDetail } from '../../contract/span.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { ProjectScope } from '../../query/project-scope.ts';
import { getSpan } from '../../query/spans/get-span.ts';
import { cutMiddle, cutText } from '../cut-text.ts';
import { readNumberedTrace } from '../read-numbered-trace.ts';
import { shareTokens } from '../share-tokens.ts';
import { spanLine } from '../span-line.ts';
import { partText, SPAN_PARTS, type SpanPart } from '../span-parts.ts';
import { defineTool, maxTokensInput, PROJECT, scopeOf, traceIdInput } from '../tool.ts';

export const readSpan = defineTool({
  name: 'read_span',
  title: 'Read a span',
  description:
    'Reads the content of one span: error, output, input, tool arguments and result, documents, attributes. Long parts are cut to the budget; continue a cut part with part and offset.',
  input: z.object({
    trace_id: traceIdInput,
    span: z.string().min(1).max(800).describe('Number in the tree of read_trace such as #7, or a span id.'),
    part: z.enum(SPAN_PARTS).optional().describe('Only this part. Default: all of them, shortened.'),
    offset: z.number().int().min(0).default(0).describe('First character of the part.'),
    max_tokens: maxTokensInput(3000),
    ...PROJECT,
  }),
  async run({ trace_id, span, part, offset, max_tokens, project }, context) {
    const scope = scopeOf(context, project);
    const found = await findSpan(scope, trace_id, span, context.signal);
    const head = `${found.handle} span ${found.detail.spanId} ${spanLine(found.detail)}`;
    if (part === undefined) return `${head}\n${spanContent(found.detail, max_tokens - estimateTokens(head))}`;
    const text = partText(found.detail, part);
    if (text === '')
      return `${head}\nThis span has no ${part}. It has: ${partsOf(found.detail).join(', ') || 'no content'}.`;
    if (offset >= text.length)
      return `${head}\nThe part ${part} has ${text.length} characters, so there is nothing at ${offset}.`;
    const body = cutText(
      text,
      max_tokens - estimateTokens(head),
      (next) => `call again with offset ${next}`,
      offset,
    );
    return `${head}\n${part}${offset > 0 ? `, from character ${offset}` : ''}:\n${body}`;
  },
});

/** All parts of a span within a budget. Small parts are complete, large ones are cut. */
export function spanContent(
  span: SpanDetail,
  maxTokens: number,
  only: readonly SpanPart[] = SPAN_PARTS,
): string {
  const parts = only
    .map((part) => ({ part, text: withoutRepeats(span, part) }))
    .filter(({ text }) => text !== '');
  const sizes = parts.map(({ text }) => estimateTokens(text) + LABEL_TOKENS);
  const shares = shareTokens(sizes, maxTokens);
  return parts
    .map(({ part, text }, index) => {
      const share = shares[index] as number;
      if (share === sizes[index]) return `${part}: ${text}`;
      if (share < MIN_TOKENS) return `${part}: [left out; read_span with part ${part}]`;
      return `${part}: ${cutMiddle(text, share - LABEL_TOKENS, (next) => `read_span with part ${part}, offset ${next}`)}`;
    })
    .join('\n');
}

/** Tokens of the name of a part. */
const LABEL_TOKENS = 4;
/** Parts with a smaller share are left out. */
const MIN_TOKENS = 60;

/** Names of the parts that the span has. */
export function partsOf(span: SpanDetail): SpanPart[] {
  return SPAN_PARTS.filter((part) => partText(span, part) !== '');
}

/** A tool often has its arguments and its result as input and output as well. */
function withoutRepeats(span: SpanDetail, part: SpanPart): string {
  const text = partText(span, part);
  if (part !== 'input' && part !== 'output') return text;
  const tool = partText(span, 'tool');
  return text !== '' && tool.includes(text) ? '' : text;
}

async function findSpan(
  scope: ProjectScope,
  traceId: string,
  written: string,
  signal: AbortSignal,
): Promise<{ readonly handle: string; readonly detail: SpanDetail }> {
  const trace = await readNumberedTrace(scope, traceId, signal);
  const summary = trace.spans.find(written);
  const detail = summary && (await getSpan(scope, traceId, summary.spanId, signal));
  if (detail) return { handle: trace.spans.handleOf(detail.spanId), detail };
  throw new ThroughlineError(
    'span-not-found',
    `Trace "${traceId}" has no span ${JSON.stringify(written)}. Its spans are #1 to #${trace.spans.nodes.length}; read_trace shows them.`,
  );
}
