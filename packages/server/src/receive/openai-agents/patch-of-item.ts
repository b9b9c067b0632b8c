import type { AttributeValue, RawResource, RawScope } from '@throughline/spans';
import { CREATED, type SpanPatch } from '../../ingest/patches/span-patch.ts';
import { DEFAULT_PROJECT } from '../../project/project-name.ts';
import {
  attributesOf,
  contentOf,
  describe,
  type Fields,
  field,
  fieldsIn,
  InvalidItem,
  idField,
  requiredId,
  scalarOrText,
  textField,
  timeField,
} from '../sdk-http/field-readers.ts';

/** OpenInference's kind for each type of span. */
const KINDS: Readonly<Record<string, string>> = {
  agent: 'AGENT',
  generation: 'LLM',
  response: 'LLM',
  function: 'TOOL',
  mcp_tools: 'TOOL',
  handoff: 'TOOL',
  guardrail: 'GUARDRAIL',
  transcription: 'LLM',
  speech: 'LLM',
};

const SCOPE: RawScope = {
  name: 'openai-agents',
  version: '',
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
};

/**
 * A trace or a span of the OpenAI Agents SDK. A trace becomes the root span. It has neither a start nor an end, which come
 * from its spans, see {@link rootOf}.
 *
 * @throws InvalidItem
 */
export function patchOfItem(item: Fields, project: string | undefined): SpanPatch {
  const object = field(item, 'object');
  if (object === 'trace') return patchOfTrace(item, project);
  if (object === 'trace.span') return patchOfSpan(item, project);
  throw new InvalidItem(`object is ${describe(object)}, expected "trace" or "trace.span"`);
}

function patchOfTrace(item: Fields, project: string | undefined): SpanPatch {
  const id = requiredId(item, 'id');
  return {
    ...sourceOf(project),
    traceId: id,
    spanId: id,
    order: CREATED,
    name: textField(item, 'workflow_name'),
    parentSpanId: '',
    attributes: attributesOf([
      ['openinference.span.kind', 'CHAIN'],
      ['session.id', textField(item, 'group_id')],
      ['metadata', contentOf(field(item, 'metadata'))],
    ]),
  };
}

function patchOfSpan(item: Fields, project: string | undefined): SpanPatch {
  const traceId = requiredId(item, 'trace_id');
  const data = fieldsIn(item, 'span_data');
  const type = textField(data, 'type') ?? 'custom';
  const error = fieldsIn(item, 'error');
  const message = textField(error, 'message');
  const name = textField(data, 'name') ?? textField(data, 'server') ?? type;
  return {
    ...sourceOf(project),
    traceId,
    spanId: requiredId(item, 'id'),
    order: CREATED,
    name: type === 'handoff' ? `handoff to ${textField(data, 'to_agent') ?? 'unknown'}` : name,
    parentSpanId: idField(item, 'parent_id') ?? traceId,
    startTimeUnixNano: timeField(item, 'started_at'),
    endTimeUnixNano: timeField(item, 'ended_at'),
    statusCode: message === undefined ? undefined : 'error',
    statusMessage: message,
    attributes: attributesOf([
      ['openinference.span.kind', KINDS[type] ?? 'CHAIN'],
      ['openai.agents.type', type],
      ['agent.name', type === 'agent' ? name : undefined],
      ['tool.name', type === 'function' ? name : undefined],
      ['llm.model_name', textField(data, 'model')],
      ['llm.system', KINDS[type] === 'LLM' ? 'openai' : undefined],
      ['llm.invocation_parameters', contentOf(field(data, 'model_config'))],
      ['gen_ai.response.id', textField(data, 'response_id')],
      [
        'input.value',
        contentOf(type === 'generation' ? messagesOf(field(data, 'input')) : field(data, 'input')),
      ],
      ['output.value', contentOf(outputOf(data))],
      ...usageOf(fieldsIn(data, 'usage')),
      ...restOf(data),
    ]),
  };
}

/** The root span of the trace of a span: it begins with its first span and ends with its last one. */
export function rootOf(patch: SpanPatch): SpanPatch | undefined {
  const { project, traceId, spanId, startTimeUnixNano, endTimeUnixNano, resource, scope } = patch;
  if (spanId === traceId || startTimeUnixNano === undefined) return undefined;
  return {
    ...{ project, traceId, spanId: traceId, resource, scope },
    order: CREATED - 1,
    name: 'trace',
    parentSpanId: '',
    startTimeUnixNano,
    endsAfterUnixNano: endTimeUnixNano ?? startTimeUnixNano,
    attributes: new Map([['openinference.span.kind', 'CHAIN']]),
  };
}

function sourceOf(project: string | undefined) {
  const attributes = attributesOf([['throughline.project', project]]);
  const resource: RawResource = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
  return { project: project ?? DEFAULT_PROJECT, resource, scope: SCOPE };
}

function messagesOf(value: unknown): unknown {
  return Array.isArray(value) ? { messages: value } : value;
}

function outputOf(data: Fields): unknown {
  return field(data, 'output') ?? field(data, 'result') ?? field(data, 'triggered');
}

function usageOf(usage: Fields): [string, AttributeValue | undefined][] {
  const details = fieldsIn(usage, 'details');
  const cached =
    field(details, 'cached_tokens') ?? field(fieldsIn(usage, 'input_tokens_details'), 'cached_tokens');
  const count = (value: unknown) => (typeof value === 'number' ? value : undefined);
  return [
    ['llm.token_count.prompt', count(field(usage, 'input_tokens'))],
    ['llm.token_count.completion', count(field(usage, 'output_tokens'))],
    ['llm.token_count.prompt_details.cache_read', count(cached)],
  ];
}

/** Fields with attributes of their own. */
const KNOWN: ReadonlySet<string> = new Set([
  'type',
  'name',
  'input',
  'output',
  'model',
  'model_config',
  'usage',
  'response_id',
]);

function restOf(data: Fields): [string, AttributeValue | undefined][] {
  return Object.entries(data)
    .filter(([key]) => !KNOWN.has(key))
    .map(([key, value]) => [`openai.agents.${key}`, scalarOrText(value)]);
}
