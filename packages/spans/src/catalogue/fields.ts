/**
 * The fields that a filter can use. The parser, the documentation, the completion in the search bar and the API
 * description are derived from this table. `server/src/query/filter` defines how each field is stored.
 */
export interface FilterFieldRow {
  /** `label`: text, compared as a whole or with wildcards. `number`: compared numerically. */
  readonly type: 'label' | 'number';
  /** Unit of a number. Labels have none. */
  readonly unit?: FilterUnit;
  /**
   * Whether spans or traces have this field.
   * `span`: spans have it. A trace matches if any of its spans does.
   * `both`: spans and traces each have a value. Inside `has(…)` and similar functions, the value of the span is used.
   * `trace`: only traces have it.
   */
  readonly of: 'span' | 'trace' | 'both';
  /** Alternative names. */
  readonly aliases?: readonly string[];
  readonly describes: string;
  readonly example: string;
}

/** Canonical units: US dollars, milliseconds, counts, tokens per second. */
export type FilterUnit = 'usd' | 'ms' | 'count' | 'rate';

const ROWS = {
  kind: { type: 'label', of: 'span', describes: 'Kind of a span.', example: 'kind:llm' },
  name: { type: 'label', of: 'span', describes: 'Name of a span.', example: 'name:"POST /chat"' },
  status: {
    type: 'label',
    of: 'both',
    describes: 'Status of the trace, or of the span inside `has(…)`: ok, error or unset.',
    example: 'status:error',
  },
  error: {
    type: 'label',
    of: 'span',
    describes: 'Type of the error with which a span failed.',
    example: 'error:RateLimitError',
  },
  model: { type: 'label', of: 'span', describes: 'Model that answered.', example: 'model:gpt-4o*' },
  provider: { type: 'label', of: 'span', describes: 'Provider of the model.', example: 'provider:anthropic' },
  operation: { type: 'label', of: 'span', describes: 'Operation of a span.', example: 'operation:chat' },
  finish: {
    type: 'label',
    of: 'span',
    describes: 'Reason why a model stopped.',
    example: 'finish:length',
  },
  tool: { type: 'label', of: 'span', describes: 'Name of a tool.', example: 'tool:lookup_order' },
  agent: { type: 'label', of: 'span', describes: 'Name of an agent.', example: 'agent:planner' },
  workflow: { type: 'label', of: 'span', describes: 'Name of a workflow.', example: 'workflow:checkout' },
  prompt: { type: 'label', of: 'span', describes: 'Name of a prompt.', example: 'prompt:answer' },
  promptVersion: {
    type: 'label',
    of: 'span',
    describes: 'Version of a prompt.',
    example: 'promptVersion:12',
  },
  service: { type: 'label', of: 'span', describes: 'Service that sent a span.', example: 'service:checkout' },
  env: { type: 'label', of: 'span', describes: 'Environment.', example: 'env:production' },
  release: { type: 'label', of: 'span', describes: 'Version of the service.', example: 'release:1.4.0' },
  feature: {
    type: 'label',
    of: 'span',
    describes: 'Feature of the product.',
    example: 'feature:search',
  },
  user: { type: 'label', of: 'span', describes: 'User.', example: 'user:u_81' },
  session: { type: 'label', of: 'span', describes: 'Session or conversation.', example: 'session:sess_9' },
  tag: { type: 'label', of: 'span', describes: 'Tag.', example: 'tag:vip' },
  trace: {
    type: 'label',
    of: 'span',
    describes: 'Id of the trace.',
    example: 'trace:4bf92f35*',
  },
  cost: {
    type: 'number',
    unit: 'usd',
    of: 'both',
    describes: 'Cost in US dollars.',
    example: 'cost>0.02',
  },
  latency: {
    type: 'number',
    unit: 'ms',
    of: 'both',
    aliases: ['duration', 'durationMs'],
    describes: 'Duration. Give a unit: us, ms, s, m or h.',
    example: 'latency>2s',
  },
  ttft: {
    type: 'number',
    unit: 'ms',
    of: 'span',
    aliases: ['ttftMs'],
    describes: 'Time to first token. Give a unit: us, ms, s, m or h.',
    example: 'ttft>800ms',
  },
  tokens: {
    type: 'number',
    unit: 'count',
    of: 'both',
    describes: 'Input and output tokens.',
    example: 'tokens>=10k',
  },
  inputTokens: {
    type: 'number',
    unit: 'count',
    of: 'both',
    describes: 'Input tokens, cached ones included.',
    example: 'inputTokens>8000',
  },
  outputTokens: {
    type: 'number',
    unit: 'count',
    of: 'both',
    describes: 'Output tokens, reasoning included.',
    example: 'outputTokens<5',
  },
  cacheReadTokens: {
    type: 'number',
    unit: 'count',
    of: 'both',
    describes: 'Input tokens that were read from the prompt cache.',
    example: 'cacheReadTokens:0',
  },
  cacheWriteTokens: {
    type: 'number',
    unit: 'count',
    of: 'both',
    describes: 'Input tokens that were written to the prompt cache.',
    example: 'cacheWriteTokens>0',
  },
  reasoningTokens: {
    type: 'number',
    unit: 'count',
    of: 'both',
    describes: 'Output tokens that were reasoning.',
    example: 'reasoningTokens>1000',
  },
  documents: {
    type: 'number',
    unit: 'count',
    of: 'span',
    describes: 'Documents that a retriever or reranker returned.',
    example: 'documents:0',
  },
  spans: {
    type: 'number',
    unit: 'count',
    of: 'trace',
    describes: 'Number of spans of the trace.',
    example: 'spans>100',
  },
  errors: {
    type: 'number',
    unit: 'count',
    of: 'trace',
    describes: 'Number of spans of the trace that failed.',
    example: 'errors>0',
  },
} as const satisfies Record<string, FilterFieldRow>;

type Fields = typeof ROWS;
/** The name of a field that a filter can use. */
export type FilterField = keyof Fields;
/** Fields with text values. */
export type LabelField = { [F in FilterField]: Fields[F]['type'] extends 'label' ? F : never }[FilterField];
/** Fields with numeric values. */
export type NumberField = Exclude<FilterField, LabelField>;
/** Numeric fields that traces have. */
export type TraceNumberField = {
  [F in NumberField]: Fields[F]['of'] extends 'span' ? never : F;
}[NumberField];
/** Numeric fields that spans have. */
export type SpanNumberField = {
  [F in NumberField]: Fields[F]['of'] extends 'trace' ? never : F;
}[NumberField];

/** All fields that filters can use, by name. */
export const FILTER_FIELDS: Readonly<Record<FilterField, FilterFieldRow>> = ROWS;

const BY_NAME: ReadonlyMap<string, FilterField> = new Map(
  (Object.keys(ROWS) as FilterField[]).flatMap((field) =>
    [field, ...(FILTER_FIELDS[field].aliases ?? [])].map((name) => [name.toLowerCase(), field] as const),
  ),
);

/** Returns the field with this name or alias. Ignores case. */
export function filterFieldOf(name: string): FilterField | undefined {
  return BY_NAME.get(name.toLowerCase());
}

export function isLabelField(field: FilterField): field is LabelField {
  return FILTER_FIELDS[field].type === 'label';
}
