import {
  converted,
  count,
  either,
  inScope,
  json,
  number,
  oneOf,
  type Read,
  text,
  typedText,
} from '../../attributes/attribute-readers.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { CachedTokens, Dialect } from '../dialect.ts';

const SCOPE = /^openlit/;

const scoped = <T>(read: Read<T>): Read<T> => inScope(SCOPE, read);

/*
 * Additions of OpenLIT to OpenTelemetry's conventions. Its instrumentations of Anthropic and Bedrock pass on counts that
 * exclude cached tokens. It reports a cost of 0 for models without a price.
 * Source: openlit 1.3x `sdk/python/src/openlit/semcov/__init__.py`, `instrumentation/anthropic/utils.py`.
 */
export const openlit: Dialect = {
  name: 'openlit',
  title: 'OpenLIT',
  describes: "OpenLIT's SDKs",

  kind: scoped(
    oneOf('gen_ai.operation.name', {
      agent: 'agent',
      framework: 'chain',
      workflow: 'chain',
      graph: 'chain',
      task: 'chain',
      image: 'llm',
      audio: 'llm',
      embedding: 'embedding',
      retrieve: 'retriever',
      tools: 'tool',
    }),
  ),
  facts: {
    ttftMs: scoped(
      converted(number('gen_ai.server.time_to_first_token'), (seconds) =>
        seconds > 0 ? seconds * 1000 : undefined,
      ),
    ),
    userId: scoped(text('gen_ai.request.user')),
    environment: scoped(text('gen_ai.environment')),
  },
  usage: {
    cachedTokens,
    tokens: {
      inputTokens: scoped(count('gen_ai.usage.input_tokens')),
      outputTokens: scoped(count('gen_ai.usage.output_tokens')),
    },
  },
  content: {
    input: scoped(
      either(
        typedText('gen_ai.content.prompt'),
        typedText('gen_ai.workflow.input'),
        typedText('gen_ai.tool.input'),
      ),
    ),
    output: scoped(
      either(
        typedText('gen_ai.content.completion'),
        typedText('gen_ai.workflow.output'),
        typedText('gen_ai.tool.output'),
      ),
    ),
    toolArguments: scoped(json('gen_ai.tool.args', 'gen_ai.tool.input')),
    toolResult: scoped(json('gen_ai.tool.result', 'gen_ai.tool.output')),
    query: scoped(text('gen_ai.retrieval.query')),
  },
  inputText: {
    keys: [
      'gen_ai.content.prompt',
      'gen_ai.workflow.input',
      'gen_ai.tool.args',
      'gen_ai.tool.input',
      'gen_ai.retrieval.query',
    ],
  },
  outputText: {
    keys: ['gen_ai.content.completion', 'gen_ai.workflow.output', 'gen_ai.tool.result', 'gen_ai.tool.output'],
  },
};

function cachedTokens({ scope, attributes }: RawSpan): CachedTokens {
  const provider = attributes.get('gen_ai.provider.name') ?? attributes.get('gen_ai.system');
  return /anthropic|bedrock/.test(scope.name) || provider === 'anthropic' || provider === 'aws.bedrock'
    ? 'outside'
    : 'inside';
}
