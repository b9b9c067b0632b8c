import {
  converted,
  inScope,
  isRecord,
  needing,
  object,
  type Read,
  text,
} from '../../attributes/attribute-readers.ts';
import { jsonFieldsWithin } from '../../attributes/json-fields.ts';
import { parsedOrText } from '../../attributes/parse-json.ts';
import { messagesFromText } from '../../messages/cut-messages.ts';
import { messagesFromRequest, messagesFromResponse } from '../../messages/messages-from-body.ts';
import { toolsOfBody } from '../../messages/tools-of-body.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';

const SCOPE = /^gcp\.vertex\.agent/;
const REQUEST = 'gcp.vertex.agent.llm_request';
const RESPONSE = 'gcp.vertex.agent.llm_response';
const USAGE = jsonFieldsWithin(RESPONSE, 'usage_metadata', 'usageMetadata');
const PROMPT = USAGE.count('prompt_token_count', 'promptTokenCount');
const TOOL_PROMPT = USAGE.count('tool_use_prompt_token_count', 'toolUsePromptTokenCount');
const CANDIDATES = USAGE.count('candidates_token_count', 'candidatesTokenCount');
const THOUGHTS = USAGE.count('thoughts_token_count', 'thoughtsTokenCount');

/** What the kit writes if it has no value. */
const PLACEHOLDER = /^(?:N\/A|<not specified>|<not serializable>|\{\})$/;

const given = (key: string): Read<string> =>
  converted(text(key), (value) => (PLACEHOLDER.test(value) ? undefined : value));

/*
 * Google's Agent Development Kit: requests and responses of Gemini as JSON texts, beside OpenTelemetry's attributes. Its input
 * tokens include cached tokens. The thinking and the prompts of built-in tools are only in the response.
 * Source: adk-python 1.x `google/adk/telemetry/tracing.py`.
 */
export const googleAdk: Dialect = {
  name: 'google-adk',
  title: 'Google ADK',
  describes: "Google's Agent Development Kit",
  identifiers: { keys: ['gcp.vertex.agent.event_id', 'gcp.vertex.agent.invocation_id'] },

  kind: inScope(SCOPE, kind),
  facts: {
    sessionId: given('gcp.vertex.agent.session_id'),
    agentName: inScope(SCOPE, ({ name }) => /^agent_run \[(.+)\]$/.exec(name)?.[1]),
  },
  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: sum(PROMPT, TOOL_PROMPT),
      outputTokens: sum(CANDIDATES, THOUGHTS),
      cacheReadTokens: USAGE.count('cached_content_token_count', 'cachedContentTokenCount'),
      reasoningTokens: THOUGHTS,
    },
  },
  content: {
    inputMessages: converted(given(REQUEST), (body) => messagesFromText(body, messagesFromRequest)),
    outputMessages: converted(given(RESPONSE), (body) => messagesFromText(body, messagesFromResponse)),
    toolDefinitions: toolsOfBody(REQUEST),
    parameters: needing([REQUEST], parameters),
    toolArguments: converted(given('gcp.vertex.agent.tool_call_args'), parsedOrText),
    toolResult: converted(given('gcp.vertex.agent.tool_response'), parsedOrText),
  },
  inputText: { keys: [REQUEST, 'gcp.vertex.agent.tool_call_args'] },
  outputText: { keys: [RESPONSE, 'gcp.vertex.agent.tool_response'] },
};

/** The sum of two counts. The first must be there. */
function sum(first: Read<number>, second: Read<number>): Read<number> {
  return needing([RESPONSE], (span) => {
    const count = first(span);
    return count === undefined ? undefined : count + (second(span) ?? 0);
  });
}

function kind({ name, attributes }: RawSpan): SpanKind | undefined {
  if (name === 'invocation' || name.startsWith('invocation ')) return 'chain';
  if (name.startsWith('agent_run') || name.startsWith('invoke_agent')) return 'agent';
  if (name.startsWith('execute_tool')) return 'tool';
  return name === 'call_llm' && attributes.has('gen_ai.request.model') ? 'llm' : undefined;
}

const REQUEST_BODY = object(REQUEST);
const NOT_PARAMETERS = new Set([
  'system_instruction',
  'systemInstruction',
  'tools',
  'http_options',
  'labels',
]);

function parameters(span: RawSpan): Readonly<Record<string, unknown>> | undefined {
  const config = REQUEST_BODY(span)?.config;
  if (!isRecord(config)) return undefined;
  const entries = Object.entries(config).filter(([key, value]) => !NOT_PARAMETERS.has(key) && value !== null);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
