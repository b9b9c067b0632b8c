import {
  below,
  converted,
  either,
  needing,
  object,
  oneOf,
  type Read,
  text,
} from '../../attributes/attribute-readers.ts';
import { encodedContent } from '../../attributes/encoded-text.ts';
import { jsonFieldsWithin } from '../../attributes/json-fields.ts';
import { toolsOfBody } from '../../messages/tools-of-body.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { Dialect } from '../dialect.ts';
import { documentCount } from '../document-count.ts';

const SUBTYPE = 'genkit:metadata:subtype';
const KINDS: Readonly<Record<string, SpanKind>> = {
  model: 'llm',
  'background-model': 'llm',
  tool: 'tool',
  'tool.v2': 'tool',
  prompt: 'prompt',
  'executable-prompt': 'prompt',
  retriever: 'retriever',
  embedder: 'embedding',
  reranker: 'reranker',
  evaluator: 'evaluator',
  flow: 'chain',
  util: 'chain',
  agent: 'agent',
};
const USAGE = jsonFieldsWithin('genkit:output', 'usage');

/** Uses the name of an action only for actions of one kind. */
function nameOf(subtype: string): Read<string> {
  return needing([SUBTYPE], ({ attributes }) => {
    const name = attributes.get('genkit:name');
    return attributes.get(SUBTYPE) === subtype && typeof name === 'string' && name !== '' ? name : undefined;
  });
}

/*
 * Genkit's own attributes. All values are texts. Gemini's input tokens include cached tokens; its thinking is counted beside
 * the output. Actions of type `util` repeat the input and output of the model calls below them.
 * Source: genkit 1.x `js/core/src/tracing/instrumentation.ts`, `js/ai/src/model-types.ts`.
 */
export const genkit: Dialect = {
  name: 'genkit',
  title: 'Genkit',
  describes: "Firebase Genkit's tracer",

  kind: either(
    oneOf(SUBTYPE, KINDS),
    oneOf('genkit:type', { flow: 'chain', flowStep: 'chain', util: 'chain' }),
  ),
  status: oneOf('genkit:state', { error: 'error' }),
  facts: {
    requestModel: converted(nameOf('model'), (name) => name.slice(name.indexOf('/') + 1)),
    provider: converted(nameOf('model'), (name) =>
      name.includes('/') ? canonicalProvider(name.slice(0, name.indexOf('/'))) : undefined,
    ),
    toolName: nameOf('tool'),
    workflowName: text('genkit:metadata:flow:name'),
    documentCount: documentCount([SUBTYPE, 'retriever'], 'genkit:output'),
    sessionId: text('genkit:sessionId'),
  },
  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: onModel(USAGE.count('inputTokens')),
      outputTokens: onModel(USAGE.count('outputTokens')),
      cacheReadTokens: onModel(USAGE.count('cachedContentTokens')),
      reasoningTokens: onModel(USAGE.count('thoughtsTokens')),
    },
    totalTokens: onModel(USAGE.count('totalTokens')),
  },
  content: {
    input: encodedContent('genkit:input'),
    output: encodedContent('genkit:output'),
    toolDefinitions: toolsOfBody('genkit:input'),
    parameters: needing([SUBTYPE], (span) => {
      if (span.attributes.get(SUBTYPE) !== 'model') return undefined;
      const config = INPUT(span)?.config;
      return typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : undefined;
    }),
    metadata: below('genkit:metadata:'),
  },
  inputText: { keys: ['genkit:input'] },
  outputText: { keys: ['genkit:output'] },
};

const INPUT = object('genkit:input');

function onModel(read: Read<number>): Read<number> {
  const only: Read<number> = (span: RawSpan) =>
    KINDS[String(span.attributes.get(SUBTYPE))] === 'llm' ? read(span) : undefined;
  return read.needs === undefined ? only : Object.assign(only, { needs: read.needs });
}
