import { type Expression, FILTER_FIELDS, type FilterField } from '@throughline/spans';
import { type FormEvent, useState } from 'react';
import type { TimeRange } from '../../url/time-range.ts';
import {
  type BuilderOperator,
  type BuilderSubject,
  buildCondition,
  operatorsOf,
  valuesOf,
} from './build-condition.ts';
import { ValuePicker } from './value-picker.tsx';

interface ConditionBuilderProps {
  /** What the filter selects. */
  readonly of: 'trace' | 'span';
  readonly project: string;
  readonly range: TimeRange;
  /** The filter to which the condition is added. It limits the values that are offered. */
  readonly filter: string;
  readonly onAdd: (condition: Expression) => void;
}

/** Kinds of subjects that need a key. */
const OPEN = { attribute: 'Attribute…', resource: 'Resource attribute…', score: 'Score…' } as const;

/** Puts a condition together: a field, an operator and values. It shows how the condition is written. */
export function ConditionBuilder({ of, project, range, filter, onAdd }: ConditionBuilderProps) {
  const [choice, setChoice] = useState<string>('model');
  const [key, setKey] = useState('');
  const [chosen, setChosen] = useState<BuilderOperator>('is');
  const [values, setValues] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const subject = subjectOf(choice, key);
  const operators = operatorsOf(subject);
  const operator = operators.some(([each]) => each === chosen) ? chosen : (operators[0]?.[0] ?? 'is');
  const built = buildCondition(subject, operator, values, of);
  const wanted = valuesOf(operator);
  const unit = subject.type === 'field' ? HINTS[FILTER_FIELDS[subject.field].unit ?? ''] : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (built.ok) onAdd(built.condition);
  };
  return (
    <form
      aria-label="Add a condition"
      onSubmit={submit}
      className="flex w-[min(22rem,calc(100vw-2rem))] flex-col gap-2 p-1"
    >
      <div className="grid grid-cols-2 gap-2">
        <label className="flex min-w-0 flex-col gap-0.5 text-small text-ink-soft">
          Field
          <select
            className="field text-body"
            value={choice}
            onChange={(event) => {
              setChoice(event.target.value);
              setValues([]);
              setTried(false);
            }}
          >
            {GROUPS.map(({ label, type }) => (
              <optgroup key={label} label={label}>
                {fieldsOf(of, type).map((field) => (
                  <option key={field} value={field}>
                    {field}
                  </option>
                ))}
              </optgroup>
            ))}
            <optgroup label="By key">
              {Object.entries(OPEN).map(([type, label]) => (
                <option key={type} value={`${type}:`}>
                  {label}
                </option>
              ))}
            </optgroup>
          </select>
        </label>
        <label className="flex min-w-0 flex-col gap-0.5 text-small text-ink-soft">
          Operator
          <select
            className="field text-body"
            value={operator}
            onChange={(event) => setChosen(event.target.value as BuilderOperator)}
          >
            {operators.map(([each, label]) => (
              <option key={each} value={each}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {subject.type === 'field' ? (
        <p className="text-small text-ink-faint">
          {FILTER_FIELDS[subject.field].describes.replaceAll('`', '')}
        </p>
      ) : (
        <label className="flex flex-col gap-0.5 text-small text-ink-soft">
          Key
          <input
            className="field font-mono text-small"
            value={key}
            maxLength={200}
            placeholder={subject.type === 'score' ? 'faithfulness' : 'customer.tier'}
            onChange={(event) => setKey(event.target.value)}
          />
        </label>
      )}
      {wanted === 'many' && subject.type === 'field' && subject.field !== 'trace' ? (
        <ValuePicker
          key={choice}
          of={of}
          field={subject.field as Parameters<typeof ValuePicker>[0]['field']}
          project={project}
          range={range}
          filter={filter}
          values={values}
          onChange={setValues}
        />
      ) : (
        wanted !== 'none' && (
          <div className="flex items-end gap-2">
            {(wanted === 'two' ? ['From', 'To'] : ['Value']).map((label, index) => (
              <label key={label} className="flex min-w-0 flex-1 flex-col gap-0.5 text-small text-ink-soft">
                {label}
                <input
                  className="field text-body"
                  value={values[index] ?? ''}
                  maxLength={500}
                  placeholder={unit}
                  autoComplete="off"
                  onChange={(event) => setValues(replaced(values, index, event.target.value))}
                />
              </label>
            ))}
          </div>
        )
      )}
      <p
        role="status"
        className={`min-h-5 font-mono text-small wrap-anywhere ${built.ok ? '' : 'text-ink-faint'}`}
      >
        {built.ok ? built.text : tried ? <span className="text-error">{built.message}</span> : built.message}
      </p>
      <button type="submit" className="control-primary justify-center">
        Add the condition
      </button>
    </form>
  );
}

const GROUPS = [
  { label: 'Texts', type: 'label' },
  { label: 'Numbers', type: 'number' },
] as const;

/** What to type for a number. */
const HINTS: Readonly<Record<string, string>> = { ms: '2s, 500ms', usd: '0.02, 2c', count: '100, 10k' };

function fieldsOf(of: 'trace' | 'span', type: 'label' | 'number'): FilterField[] {
  return (Object.keys(FILTER_FIELDS) as FilterField[]).filter(
    (field) => FILTER_FIELDS[field].type === type && (of === 'trace' || FILTER_FIELDS[field].of !== 'trace'),
  );
}

function subjectOf(choice: string, key: string): BuilderSubject {
  if (!choice.endsWith(':')) return { type: 'field', field: choice as FilterField };
  return { type: choice.slice(0, -1) as 'attribute' | 'resource' | 'score', key };
}

function replaced(values: readonly string[], index: number, value: string): string[] {
  const next = [...values];
  next[index] = value;
  return Array.from(next, (each) => each ?? '');
}
