import { parseDimension } from '@throughline/spans';
import { type FormEvent, useState } from 'react';
import { nameOfDimension } from './group-name.ts';

interface ChoiceSelectProps {
  readonly by: string;
  readonly choices: readonly string[];
  /** Whether attributes can be chosen as well. */
  readonly attributes: boolean;
  readonly onChange: (by: string) => void;
}

const OTHER = 'attribute…';

/** Chooses the dimension of the panels: one of those that are offered, or any attribute. */
export function ChoiceSelect({ by, choices, attributes, onChange }: ChoiceSelectProps) {
  const [isWriting, setWriting] = useState(false);
  const shown = choices.includes(by) ? choices : [by, ...choices];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('key')).trim();
    setWriting(false);
    if (text !== '') onChange(parseDimension(text) && text.includes('.') ? withPrefix(text) : `attr.${text}`);
  };
  if (isWriting)
    return (
      <form onSubmit={submit}>
        <input
          name="key"
          aria-label="Key of an attribute"
          placeholder="attr.customer.tier"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: the reader has just asked for this field
          autoFocus
          className="field w-44"
          onBlur={() => setWriting(false)}
          onKeyDown={(event) => event.key === 'Escape' && setWriting(false)}
        />
      </form>
    );
  return (
    <label className="flex items-center gap-1.5 text-small text-ink-faint">
      by
      <select
        className="field max-w-48 text-body"
        aria-label="Dimension"
        value={by}
        onChange={({ target: { value } }) => (value === OTHER ? setWriting(true) : onChange(value))}
      >
        {shown.map((name) => (
          <option key={name} value={name}>
            {nameOfDimension(name)}
          </option>
        ))}
        {attributes && <option value={OTHER}>{OTHER}</option>}
      </select>
    </label>
  );
}

function withPrefix(text: string): string {
  return /^(attr|resource)\./.test(text) ? text : `attr.${text}`;
}
