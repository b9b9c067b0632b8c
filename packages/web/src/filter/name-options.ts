import { FILTER_FIELDS, type FilterField } from '@throughline/spans';
import type { CompletionContext } from './completion-context.ts';
import { type FilterOption, replaced } from './filter-option.ts';

const FUNCTIONS = {
  has: ['One span meets all these conditions.', 'has(kind:tool status:error)'],
  root: ['A root span meets them.', 'root(name:"POST /chat")'],
  parent: ['The parent of the span meets them.', 'has(kind:llm parent(name:summarise))'],
  under: ['An ancestor of the span meets them.', 'has(kind:tool under(agent:planner))'],
  count: ['The number of spans that meet them.', 'count(kind:tool)>5'],
} as const;

const OPEN_SUBJECTS = {
  'attr.': ['An attribute of a span.', 'attr.customer.tier:gold'],
  'resource.': ['A resource attribute.', 'resource.k8s.pod.name:web-*'],
  'score.': ['A score of the trace or of its spans.', 'score.faithfulness<0.5'],
} as const;

const KEYWORDS = {
  OR: 'One of the conditions is enough.',
  NOT: 'The next condition must not hold.',
} as const;

/** Fields, functions and keywords that begin with what is written, then fields that contain it. */
export function nameOptions(text: string, context: CompletionContext): readonly FilterOption[] {
  const { prefix, from, to, ofSpan } = context;
  const wanted = prefix.toLowerCase();
  const begins = (name: string) => name.toLowerCase().startsWith(wanted);
  const fields = Object.keys(FILTER_FIELDS) as FilterField[];
  const usable = fields.filter((field) => !ofSpan || FILTER_FIELDS[field].of !== 'trace');
  const aliased = (field: FilterField) => FILTER_FIELDS[field].aliases?.some(begins) ?? false;
  const first = usable.filter((field) => begins(field) || (wanted !== '' && aliased(field)));
  const others = wanted.length < 2 ? [] : usable.filter((field) => field.toLowerCase().includes(wanted));
  const option = (group: FilterOption['group'], label: string, by: string, rest: Partial<FilterOption>) => ({
    id: `${group}-${label}`,
    group,
    label,
    ...replaced(text, from, to, by),
    ...rest,
  });
  return [
    ...[...new Set([...first, ...others])].map((field) => {
      const { type, describes, example } = FILTER_FIELDS[field];
      return option('Fields', field, `${field}${type === 'label' ? ':' : '>'}`, {
        describes: describes.replaceAll('`', ''),
        example,
      });
    }),
    ...entriesOf(OPEN_SUBJECTS, begins).map(([name, [describes, example]]) =>
      option('Fields', `${name}…`, name, { describes, example }),
    ),
    ...entriesOf(FUNCTIONS, begins).map(([name, [describes, example]]) =>
      option('Functions', `${name}(…)`, `${name}()`, { describes, example, caret: from + name.length + 1 }),
    ),
    ...(from === 0 ? [] : entriesOf(KEYWORDS, begins)).map(([name, describes]) =>
      option('Keywords', name, `${name} `, { describes }),
    ),
  ];
}

function entriesOf<Row>(
  table: Readonly<Record<string, Row>>,
  accept: (name: string) => boolean,
): (readonly [string, Row])[] {
  return Object.entries(table).filter(([name]) => accept(name));
}
