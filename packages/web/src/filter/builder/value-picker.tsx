import { formatCount } from '@throughline/spans';
import { type KeyboardEvent, useState } from 'react';
import { useSettled } from '../../ui/use-settled.ts';
import type { TimeRange } from '../../url/time-range.ts';
import { useFieldValues } from '../use-field-values.ts';
import type { ListedField } from '../value-options.ts';

interface ValuePickerProps {
  readonly of: 'trace' | 'span';
  readonly field: ListedField;
  readonly project: string;
  readonly range: TimeRange;
  readonly filter: string;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

const SHOWN = 20;
const SETTLE_MS = 150;

/** The most frequent values of a field with the number of rows that have them. Other values can be typed. */
export function ValuePicker({ of, field, project, range, filter, values, onChange }: ValuePickerProps) {
  const [text, setText] = useState('');
  const prefix = useSettled(text.trim(), SETTLE_MS);
  const { data, isPending } = useFieldValues({
    of,
    enabled: true,
    field,
    project,
    range,
    prefix,
    q: filter,
    limit: SHOWN,
  });
  const typed = text.trim();
  const found = (data?.values ?? []).filter(({ value }) =>
    value.toLowerCase().startsWith(typed.toLowerCase()),
  );
  const counts = new Map(found.map(({ value, count }) => [value, count]));
  const others = values.filter((value) => !counts.has(value));
  const offered = typed === '' || counts.has(typed) || values.includes(typed) ? [] : [typed];
  const toggle = (value: string) =>
    onChange(values.includes(value) ? values.filter((each) => each !== value) : [...values, value]);
  const onKeyDown = (event: KeyboardEvent) => {
    // Without a text, Enter adds the condition.
    if (event.key !== 'Enter' || typed === '') return;
    event.preventDefault();
    toggle(typed);
    setText('');
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="sr-only">Values</legend>
      <input
        aria-label="Find or enter a value"
        className="field text-body"
        placeholder="Find or enter a value"
        value={text}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <ul aria-label="Values" className="max-h-44 min-h-14 overflow-y-auto">
        {[...offered, ...others, ...counts.keys()].map((value) => (
          <li key={value}>
            <label className="menu-row cursor-pointer">
              <input
                type="checkbox"
                className="size-3.5 shrink-0 accent-accent"
                checked={values.includes(value)}
                onChange={() => {
                  toggle(value);
                  if (value === typed) setText('');
                }}
              />
              <span className="min-w-0 truncate" title={value}>
                {value}
              </span>
              {counts.has(value) && (
                <span className="ml-auto text-small text-ink-faint">
                  {formatCount(counts.get(value) ?? 0)}
                </span>
              )}
            </label>
          </li>
        ))}
        {isPending && <li className="px-2 py-1 text-small text-ink-faint">Reading values…</li>}
      </ul>
    </fieldset>
  );
}
