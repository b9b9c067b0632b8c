/**
 * What a filter can ask for. The parser, the reference and the suggestions of every place that takes a filter derive
 * from this table; how a field is stored stands with the store.
 */
interface FilterFieldRow {
  /** `label`: text, compared as a whole or by its beginning. `number`: compared by size. */
  readonly type: 'label' | 'number';
  readonly describes: string;
  readonly example: string;
}

const ROWS = {
  kind: { type: 'label', describes: 'kind of some span', example: 'kind:llm' },
  name: { type: 'label', describes: 'name of some span', example: 'name:"POST /chat"' },
  model: { type: 'label', describes: 'model of some span', example: 'model:gpt-4o*' },
  provider: { type: 'label', describes: 'provider of some span', example: 'provider:anthropic' },
  status: { type: 'label', describes: 'status of the trace: ok, error or unset', example: 'status:error' },
  service: { type: 'label', describes: 'service of some span', example: 'service:checkout' },
  user: { type: 'label', describes: 'user of some span', example: 'user:u_81' },
  session: { type: 'label', describes: 'session of some span', example: 'session:sess_9' },
  feature: { type: 'label', describes: 'feature of some span', example: 'feature:search' },
  env: { type: 'label', describes: 'environment of some span', example: 'env:production' },
  tag: { type: 'label', describes: 'tag of some span', example: 'tag:vip' },
  cost: { type: 'number', describes: 'cost of the trace in US dollars', example: 'cost>0.02' },
  durationMs: {
    type: 'number',
    describes: 'duration of the trace in milliseconds',
    example: 'durationMs>5000',
  },
  tokens: { type: 'number', describes: 'input and output tokens of the trace', example: 'tokens>=10000' },
} as const satisfies Record<string, FilterFieldRow>;

type Fields = typeof ROWS;
export type FilterField = keyof Fields;
export type LabelField = { [F in FilterField]: Fields[F]['type'] extends 'label' ? F : never }[FilterField];
export type NumberField = Exclude<FilterField, LabelField>;

export const FILTER_FIELDS: Readonly<Record<FilterField, FilterFieldRow>> = ROWS;

export function isFilterField(name: string): name is FilterField {
  return Object.hasOwn(ROWS, name);
}
