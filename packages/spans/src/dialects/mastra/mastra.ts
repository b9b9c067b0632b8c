import type { Read } from '../../attributes/attribute-readers.ts';
import { below, converted, needing, oneOf, text, typedText } from '../../attributes/attribute-readers.ts';
import { parseStructure } from '../../attributes/parse-json.ts';
import { messagesFromRequest } from '../../messages/messages-from-body.ts';
import type { TypedText } from '../../model/content.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalModelProvider } from '../ai-sdk/ai-sdk-legacy.ts';
import type { Dialect } from '../dialect.ts';

/*
 * Additions of Mastra's OpenTelemetry exporter to OpenTelemetry's conventions: the type of each span, its input and output
 * in attributes named after the type, and metadata. Only `model_inference` is a model call; generations and steps contain
 * model calls.
 * Source: @mastra/core 1.71.0 `observability/types`, @mastra/otel-exporter 1.4.0 `gen-ai-semantics`, 0.3.3 `span-converter`.
 */
const KINDS: Readonly<Record<string, SpanKind>> = {
  agent_run: 'agent',
  model_generation: 'chain',
  model_step: 'chain',
  model_inference: 'llm',
  model_chunk: 'span',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  client_tool_call: 'tool',
  provider_tool_call: 'tool',
  scorer_run: 'evaluator',
  scorer_step: 'evaluator',
  classifier_evaluation: 'evaluator',
  processor_run: 'guardrail',
  workflow_run: 'chain',
  workflow_step: 'chain',
  workflow_conditional: 'chain',
  workflow_conditional_eval: 'chain',
  workflow_parallel: 'chain',
  workflow_loop: 'chain',
};
const TYPES = [...Object.keys(KINDS), 'generic', 'workflow_sleep', 'workflow_wait_event'];

const TYPE_KEY = 'mastra.span.type';

export const mastra: Dialect = {
  name: 'mastra',
  title: 'Mastra',
  describes: "Mastra's OpenTelemetry exporter",
  kind: needing([TYPE_KEY], kind),
  facts: {
    provider: needing([TYPE_KEY], provider),
    ttftMs: needing(['mastra.completion_start_time'], timeToFirstToken),
    userId: text('mastra.metadata.userId'),
    sessionId: text('mastra.metadata.sessionId', 'mastra.metadata.threadId'),
  },
  content: {
    input: typedContent('input'),
    output: typedContent('output'),
    inputMessages: converted(typedContent('input'), ({ text }) => messagesFromRequest(parseStructure(text))),
    metadata: below('mastra.metadata.'),
  },
  inputText: { keys: ['input', 'gen_ai.tool.input', ...TYPES.map((type) => `mastra.${type}.input`)] },
  outputText: { keys: ['output', 'gen_ai.tool.output', ...TYPES.map((type) => `mastra.${type}.output`)] },
};

const TYPE = text(TYPE_KEY);
const KIND = oneOf(TYPE_KEY, KINDS);

/** Before version 1, there is no `model_inference`. The generation is the model call, with the usage of all its steps. */
function kind(span: RawSpan): SpanKind | undefined {
  return TYPE(span) === 'model_generation' && span.attributes.has('gen_ai.request.model')
    ? 'llm'
    : KIND(span);
}

const PROVIDER = text('gen_ai.provider.name', 'gen_ai.system');
const FIRST_TOKEN_AT = text('mastra.completion_start_time');

/** Mastra uses the AI SDK's provider names, e.g. `openai.chat`. */
function provider(span: RawSpan): string | undefined {
  const name = TYPE(span) === undefined ? undefined : PROVIDER(span);
  return name === undefined ? undefined : canonicalModelProvider(name);
}

function timeToFirstToken(span: RawSpan): number | undefined {
  const at = Date.parse(FIRST_TOKEN_AT(span) ?? '');
  const ms = at - Number(span.startTimeUnixNano / 1_000n) / 1_000;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function typedContent(side: 'input' | 'output'): Read<TypedText> {
  return needing([TYPE_KEY], (span) => {
    const type = TYPE(span);
    if (type === undefined) return undefined;
    // Before version 1, the attribute is called `input` or `output`.
    return typedText(`mastra.${type}.${side}`)(span) ?? typedText(side)(span);
  });
}
