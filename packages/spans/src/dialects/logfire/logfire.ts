import {
  converted,
  having,
  isRecord,
  json,
  needing,
  number,
  tags,
  text,
} from '../../attributes/attribute-readers.ts';
import { messagesFromRequest, messagesFromResponse } from '../../messages/messages-from-body.ts';
import { toolsOfBody } from '../../messages/tools-of-body.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';

const LEVEL = number('logfire.level_num');
const ERROR_LEVEL = 17;
const REQUEST = json('request_data');
const RESPONSE = json('response_data');

/*
 * Logfire's SDK and its integrations for model clients. The name of a span is a template; the message is in an attribute. The
 * answer of a streamed call is in a log line of its own, which has no usage and is not a second call.
 * Source: logfire `_internal/constants.py`, `_internal/integrations/llm_providers`.
 */
export const logfire: Dialect = {
  name: 'logfire',
  title: 'Logfire',
  describes: "Pydantic Logfire's SDKs and its instrumentations of model clients",

  kind: having('logfire.span_type', kind),
  status: needing(['logfire.level_num'], (span) =>
    span.statusCode === 'unset' && (LEVEL(span) ?? 0) >= ERROR_LEVEL ? 'error' : undefined,
  ),
  facts: {
    name: text('logfire.msg'),
    tags: tags('logfire.tags'),
  },
  content: {
    inputMessages: having('logfire.msg_template', converted(REQUEST, messagesFromRequest)),
    outputMessages: having(
      'logfire.msg_template',
      converted(RESPONSE, (body) => responseMessages(body)),
    ),
    toolDefinitions: having('logfire.msg_template', toolsOfBody('request_data')),
  },
  inputText: { keys: ['request_data'] },
  outputText: { keys: ['response_data'] },
};

function kind({ attributes }: RawSpan): SpanKind | undefined {
  if (attributes.get('logfire.span_type') !== 'log' || !attributes.has('response_data')) return undefined;
  return attributes.has('gen_ai.usage.output_tokens') ? 'llm' : 'span';
}

function responseMessages(body: unknown): ReturnType<typeof messagesFromResponse> {
  if (!isRecord(body)) return undefined;
  const { combined_chunk_content: streamed } = body;
  return messagesFromResponse(typeof streamed === 'string' ? { output: streamed } : body);
}
