import {
  converted,
  either,
  having,
  needing,
  text,
  typedText,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import { jsonFieldsWithin } from '../../attributes/json-fields.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { Dialect } from '../dialect.ts';

const TYPE = 'haystack.component.type';
const OUTPUT = 'haystack.component.output';
/** Kinds by the name of a component's class. */
const KINDS: readonly (readonly [RegExp, SpanKind])[] = [
  [/Generator$/, 'llm'],
  [/Embedder$/, 'embedding'],
  [/Retriever$/, 'retriever'],
  [/Ranker$/, 'reranker'],
  [/PromptBuilder$/, 'prompt'],
  [/Agent$/, 'agent'],
  [/ToolInvoker$/, 'tool'],
  [/Evaluator$/, 'evaluator'],
  [/./, 'chain'],
];
const USAGE = jsonFieldsWithin(OUTPUT, 'usage');

/*
 * Haystack's tracer for OpenTelemetry: pipelines and components, with their input and output if content tracing is enabled.
 * Counts are those of the provider in the metadata of the reply.
 * Source: haystack 2.x `haystack/core/pipeline`, `haystack/tracing`.
 */
export const haystack: Dialect = {
  name: 'haystack',
  title: 'Haystack',
  describes: "Haystack's tracer",

  kind: either(
    converted(text(TYPE), (type) => KINDS.find(([pattern]) => pattern.test(type))?.[1]),
    whenAny(
      'chain',
      'haystack.pipeline.input_data',
      'haystack.pipeline.metadata',
      'haystack.pipeline.output_data',
    ),
    whenAny('agent', 'haystack.agent.steps_taken', 'haystack.agent.max_steps'),
  ),
  facts: {
    requestModel: having(
      TYPE,
      needing([OUTPUT], ({ attributes }) => modelIn(attributes.get(OUTPUT))),
    ),
  },
  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: USAGE.count('prompt_tokens', 'input_tokens'),
      outputTokens: USAGE.count('completion_tokens', 'output_tokens'),
      cacheReadTokens: USAGE.count('prompt_tokens_details.cached_tokens', 'cache_read_input_tokens'),
      cacheWriteTokens: USAGE.count('cache_creation_input_tokens'),
      reasoningTokens: USAGE.count('completion_tokens_details.reasoning_tokens'),
    },
    totalTokens: USAGE.count('total_tokens'),
  },
  content: {
    input: either(
      typedText('haystack.component.input'),
      typedText('haystack.pipeline.input_data'),
      typedText('haystack.agent.input'),
    ),
    output: either(
      typedText(OUTPUT),
      typedText('haystack.pipeline.output_data'),
      typedText('haystack.agent.output'),
    ),
  },
  inputText: { keys: ['haystack.component.input', 'haystack.pipeline.input_data', 'haystack.agent.input'] },
  outputText: { keys: [OUTPUT, 'haystack.pipeline.output_data', 'haystack.agent.output'] },
};

/** Reads the model from the metadata of a reply without parsing the reply. */
function modelIn(output: unknown): string | undefined {
  return typeof output === 'string'
    ? /"model":\s?"([^"\\]{1,128})"/.exec(output.slice(-4096))?.[1]
    : undefined;
}
