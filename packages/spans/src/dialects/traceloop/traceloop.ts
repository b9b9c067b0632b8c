import {
  below,
  count,
  either,
  having,
  json,
  needing,
  oneOf,
  type Read,
  text,
  texts,
} from '../../attributes/attribute-readers.ts';
import { encodedContent, encodedText } from '../../attributes/encoded-text.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';
import { indexedFunctions, indexedMessages } from './indexed-messages.ts';

const ENTITY_KIND = 'traceloop.span.kind';
const ASSOCIATION = 'traceloop.association.properties.';

/** Uses the name of the decorated function for spans of one kind. */
function entityName(kind: string): Read<string> {
  const name = text('traceloop.entity.name');
  return having(ENTITY_KIND, (span) => (span.attributes.get(ENTITY_KIND) === kind ? name(span) : undefined));
}

/** Ignores flattened messages if the span also has OpenTelemetry's attribute `key`. */
function unless(key: string, read: Read<ReturnType<typeof INPUT>>): typeof INPUT {
  return Object.assign(
    (span: RawSpan) => (span.attributes.has(key) ? undefined : read(span)),
    read.needs && { needs: read.needs },
  ) as typeof INPUT;
}

const INPUT = indexedMessages('gen_ai.prompt.', 'user');
const OUTPUT = indexedMessages('gen_ai.completion.', 'assistant');

/*
 * Traceloop's OpenLLMetry: workflows, tasks, agents and tools of its decorators, messages that are flattened into
 * `gen_ai.prompt.<i>.*`, and attributes under `llm.*` that OpenTelemetry never had. Token counts are OpenTelemetry's.
 * Koog, Laminar, LiteLLM and watsonx write the flattened messages too.
 * Source: openllmetry 0.62.1 `semconv_ai/__init__.py`, `traceloop/sdk/decorators`; openllmetry-js 0.27.
 */
export const traceloop: Dialect = {
  name: 'traceloop',
  title: 'OpenLLMetry',
  describes: "Traceloop's SDKs and instrumentations, and other producers of flattened messages",

  kind: either(
    oneOf(ENTITY_KIND, { workflow: 'chain', task: 'chain', session: 'chain', agent: 'agent', tool: 'tool' }),
    oneOf('llm.request.type', {
      chat: 'llm',
      completion: 'llm',
      rerank: 'reranker',
      embedding: 'embedding',
    }),
  ),

  facts: {
    toolName: entityName('tool'),
    agentName: entityName('agent'),
    workflowName: encodedText('traceloop.workflow.name'),
    userId: text(`${ASSOCIATION}user_id`, `${ASSOCIATION}userId`, 'gen_ai.user', 'llm.user'),
    sessionId: text(
      `${ASSOCIATION}session_id`,
      `${ASSOCIATION}thread_id`,
      `${ASSOCIATION}chat_id`,
      `${ASSOCIATION}conversation_id`,
      `${ASSOCIATION}sessionId`,
    ),
    finishReasons: texts(
      'gen_ai.completion.0.finish_reason',
      'gen_ai.response.finish_reason',
      'gen_ai.response.stop_reason',
      'llm.response.finish_reason',
      'llm.response.stop_reason',
    ),
    promptName: text('traceloop.prompt.key'),
    promptVersion: text('traceloop.prompt.version_name', 'traceloop.prompt.version'),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: { reasoningTokens: count('llm.usage.reasoning_tokens') },
    totalTokens: count('llm.usage.total_tokens'),
  },

  content: {
    input: encodedContent('traceloop.entity.input'),
    output: encodedContent('traceloop.entity.output'),
    inputMessages: unless('gen_ai.input.messages', INPUT),
    outputMessages: unless('gen_ai.output.messages', OUTPUT),
    toolDefinitions: either(
      indexedFunctions('llm.request.functions.'),
      indexedFunctions('gen_ai.request.functions.'),
    ),
    parameters: needing(
      [
        'llm.top_k',
        'llm.frequency_penalty',
        'llm.presence_penalty',
        'llm.chat.stop_sequences',
        'llm.request.reasoning_effort',
      ],
      parameters,
    ),
    metadata: below(ASSOCIATION),
    promptName: text('traceloop.prompt.key'),
    promptVersion: text('traceloop.prompt.version_name', 'traceloop.prompt.version'),
    promptTemplate: text('traceloop.prompt.template'),
    promptVariables: json('traceloop.prompt.template_variables'),
  },

  inputText: { keys: ['traceloop.entity.input'], lists: ['gen_ai.prompt.'] },
  outputText: { keys: ['traceloop.entity.output'], lists: ['gen_ai.completion.'] },
};

const PARAMETERS = [
  ['top_k', json('llm.top_k')],
  ['frequency_penalty', json('llm.frequency_penalty')],
  ['presence_penalty', json('llm.presence_penalty')],
  ['stop_sequences', json('llm.chat.stop_sequences')],
  ['reasoning_effort', json('llm.request.reasoning_effort')],
] as const;

function parameters(span: RawSpan): Readonly<Record<string, unknown>> | undefined {
  const found = PARAMETERS.flatMap(([name, read]) => {
    const value = read(span);
    return value === undefined ? [] : [[name, value] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
