import { X } from 'lucide-react';
import { type FormEvent, useRef } from 'react';
import { useKeys } from '../../frame/keys.tsx';
import type { ListParts } from '../../list/list-screen.tsx';

/** Conditions on scores, by parameter of the API, with an example. */
export const SCORE_FIELDS = {
  name: { label: 'Name', example: 'faithfulness', type: 'text', width: 'w-40' },
  value: { label: 'Value', example: 'pass, true', type: 'text', width: 'w-28' },
  min: { label: 'At least', example: '0', type: 'number', width: 'w-22' },
  max: { label: 'At most', example: '0.5', type: 'number', width: 'w-22' },
  source: { label: 'Source', example: 'human', type: 'text', width: 'w-26' },
  evaluator: { label: 'Evaluator', example: 'ragas', type: 'text', width: 'w-32' },
} as const;

/** The conditions of the list of scores. Enter applies them; all must hold. */
export function ScoreConditions({ view, show }: ListParts) {
  const first = useRef<HTMLInputElement>(null);
  useKeys('Filter', [{ keys: ['/'], label: 'Filter the scores', run: () => first.current?.focus() }]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].map(([name, value]) => [
      name,
      String(value).trim(),
    ]);
    show({ fields: Object.fromEntries(entries.filter(([, value]) => value !== '')) });
  };
  const isFiltered = Object.keys(view.fields).length > 0;
  return (
    <search className="flex min-w-0 flex-1">
      <form
        // The fields start again from the address, after Back as well.
        key={JSON.stringify(view.fields)}
        onSubmit={submit}
        className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5"
        aria-label="Filter"
      >
        {Object.entries(SCORE_FIELDS).map(([name, { label, example, type, width }], index) => (
          <input
            key={name}
            ref={index === 0 ? first : undefined}
            name={name}
            aria-label={label}
            title={`${label}, for example ${example}`}
            placeholder={label}
            type="text"
            inputMode={type === 'number' ? 'decimal' : 'text'}
            {...(type === 'number' && { pattern: '-?\\d*\\.?\\d+(e-?\\d+)?' })}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            className={`field text-small ${width}`}
            defaultValue={view.fields[name] ?? ''}
          />
        ))}
        <button type="submit" className="control">
          Apply
        </button>
        {isFiltered && (
          <button
            type="button"
            className="control-quiet"
            aria-label="Clear the filter"
            onClick={() => show({ fields: {} })}
          >
            <X size={13} aria-hidden />
          </button>
        )}
      </form>
    </search>
  );
}
