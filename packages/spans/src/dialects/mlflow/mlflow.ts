import { array, below, converted, either, having, type Read } from '../../attributes/attribute-readers.ts';
import { encodedContent, encodedOneOf, encodedText } from '../../attributes/encoded-text.ts';
import { jsonFields } from '../../attributes/json-fields.ts';
import { toolsOfBody } from '../../messages/tools-of-body.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { Dialect } from '../dialect.ts';
import { documentCount } from '../document-count.ts';

const TYPE = 'mlflow.spanType';
const USAGE = jsonFields('mlflow.chat.tokenUsage');
const COST = jsonFields('mlflow.llm.cost');

/** MLflow encodes the shared attributes of its roots as JSON too. */
const quoted = (key: string): Read<string> => having(TYPE, encodedText(key));

/*
 * MLflow Tracing over OTLP. Every value is a JSON text. Input tokens include cached tokens.
 * Source: mlflow 3 `mlflow/tracing/constant.py`, `mlflow/entities/span.py`.
 */
export const mlflow: Dialect = {
  name: 'mlflow',
  title: 'MLflow',
  describes: 'MLflow Tracing and its autologging',
  identifiers: { keys: ['mlflow.llm.model', 'mlflow.llm.provider', 'mlflow.traceRequestId'] },

  kind: encodedOneOf(TYPE, {
    LLM: 'llm',
    CHAT_MODEL: 'llm',
    CHAIN: 'chain',
    AGENT: 'agent',
    TOOL: 'tool',
    RETRIEVER: 'retriever',
    EMBEDDING: 'embedding',
    RERANKER: 'reranker',
    PARSER: 'chain',
    WORKFLOW: 'chain',
    TASK: 'chain',
    MEMORY: 'memory',
    GUARDRAIL: 'guardrail',
    EVALUATOR: 'evaluator',
  }),

  facts: {
    requestModel: encodedText('mlflow.llm.model'),
    provider: converted(encodedText('mlflow.llm.provider'), canonicalProvider),
    userId: either(encodedText('mlflow.trace.user'), quoted('user.id')),
    sessionId: either(encodedText('mlflow.trace.session'), quoted('session.id')),
    documentCount: documentCount([TYPE, 'retriever'], 'mlflow.spanOutputs'),
    promptName: encodedText('mlflow.prompt.name'),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: USAGE.count('input_tokens'),
      outputTokens: USAGE.count('output_tokens'),
      cacheReadTokens: USAGE.count('cache_read_input_tokens'),
      cacheWriteTokens: USAGE.count('cache_creation_input_tokens'),
    },
    totalTokens: USAGE.count('total_tokens'),
  },
  cost: COST.object(({ total_cost: usd, input_cost: inputUsd, output_cost: outputUsd }) =>
    typeof usd !== 'number'
      ? undefined
      : {
          usd,
          ...(typeof inputUsd === 'number' && { inputUsd }),
          ...(typeof outputUsd === 'number' && { outputUsd }),
        },
  ),

  content: {
    input: encodedContent('mlflow.spanInputs', 'mlflow.traceInputs'),
    output: encodedContent('mlflow.spanOutputs', 'mlflow.traceOutputs'),
    toolDefinitions: either(array('mlflow.chat.tools'), toolsOfBody('mlflow.spanInputs')),
    metadata: below('mlflow.traceTag.'),
  },

  inputText: { keys: ['mlflow.spanInputs', 'mlflow.traceInputs'] },
  outputText: { keys: ['mlflow.spanOutputs', 'mlflow.traceOutputs'] },
};
