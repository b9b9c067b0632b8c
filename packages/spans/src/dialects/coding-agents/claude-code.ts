import {
  count,
  either,
  json,
  needing,
  number,
  oneOf,
  type Read,
  text,
  texts,
  typedText,
} from '../../attributes/attribute-readers.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';

const TYPE = 'span.type';

/** The bare names are too general to be read on spans of other programs. */
function own<T>(read: Read<T>): Read<T> {
  const only: Read<T> = (span: RawSpan) =>
    span.name.startsWith('claude_code.') || span.scope.name.startsWith('com.anthropic.claude_code')
      ? read(span)
      : undefined;
  return read.needs === undefined ? only : Object.assign(only, { needs: read.needs });
}

/*
 * Claude Code and the Claude Agent SDK. Input tokens exclude cached tokens. Waiting for a person (`tool.blocked_on_user`) and
 * the execution of a tool are spans below the span of the tool.
 * Source: code.claude.com, page on monitoring; spans of version 2.1.
 */
export const claudeCode: Dialect = {
  name: 'claude-code',
  title: 'Claude Code',
  describes: 'spans of Claude Code and the Claude Agent SDK',

  kind: own(
    oneOf(TYPE, {
      interaction: 'agent',
      llm_request: 'llm',
      tool: 'tool',
      'tool.blocked_on_user': 'span',
      'tool.execution': 'span',
      hook: 'span',
    }),
  ),
  status: own(
    needing(['success'], ({ attributes }) => (isFalse(attributes.get('success')) ? 'error' : undefined)),
  ),
  facts: {
    requestModel: own(text('model')),
    ttftMs: own(number('ttft_ms')),
    toolName: own(text('tool_name')),
    finishReasons: own(texts('stop_reason')),
    responseId: own(text('request_id')),
    statusMessage: own(text('error')),
    // `normal` is the standard tier.
    serviceTier: own(oneOf('speed', { fast: 'fast' })),
  },
  usage: {
    cachedTokens: 'outside',
    tokens: {
      inputTokens: own(count('input_tokens')),
      outputTokens: own(count('output_tokens')),
      cacheReadTokens: own(count('cache_read_tokens')),
      cacheWriteTokens: own(count('cache_creation_tokens')),
    },
  },
  content: {
    input: own(either(typedText('user_prompt'), typedText('new_context'))),
    output: own(typedText('response.model_output')),
    toolName: own(text('tool_name')),
    toolCallId: own(text('tool_use_id')),
    toolArguments: own(either(json('tool_input'), toolParameters)),
    toolResult: own(toolOutput),
  },
  inputText: { keys: ['user_prompt', 'tool_input', 'full_command'] },
  outputText: { keys: ['response.model_output'] },
};

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

const PARAMETERS = ['full_command', 'file_path', 'skill_name', 'subagent_type'];

function toolParameters({ attributes }: RawSpan): unknown {
  const found = PARAMETERS.flatMap((key) => {
    const value = attributes.get(key);
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The output is in an event, with an attribute for each of its parts. */
function toolOutput({ events }: RawSpan): unknown {
  const event = events.find(({ name }) => name === 'tool.output');
  if (event === undefined) return undefined;
  const found = [...event.attributes].flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  const output = found.find(([key]) => key === 'output' || key === 'content')?.[1];
  return output ?? (found.length === 0 ? undefined : Object.fromEntries(found));
}
