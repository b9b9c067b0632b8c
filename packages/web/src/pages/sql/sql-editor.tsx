import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { SqlTable } from '../../api/types.ts';
import { acceptOption, completeSql, type SqlCompletion } from './completion.ts';

interface SqlEditorProps {
  readonly value: string;
  readonly tables: readonly SqlTable[];
  readonly onChange: (value: string) => void;
  readonly onRun: () => void;
  /** Position of the cursor. It is placed there when this value changes. */
  readonly cursor?: { readonly index: number } | undefined;
}

/** The statement as plain text, with completion of tables, columns and keywords below it. */
export function SqlEditor({ value, tables, onChange, onRun, cursor }: SqlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [completion, setCompletion] = useState<SqlCompletion>();
  const [active, setActive] = useState(0);

  useEffect(() => {
    if (!cursor || !area.current) return;
    area.current.focus();
    area.current.setSelectionRange(cursor.index, cursor.index);
  }, [cursor]);

  const suggest = (text: string, at: number) => {
    setActive(0);
    setCompletion(completeSql(text, at, tables));
  };
  const accept = (index: number) => {
    const option = completion?.options[index];
    if (!completion || !option) return;
    const next = acceptOption(value, completion, option);
    setCompletion(undefined);
    onChange(next.text);
    // After the value has changed.
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.cursor, next.cursor);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      setCompletion(undefined);
      onRun();
      return;
    }
    if (!completion) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined)
      setActive((active + step + completion.options.length) % completion.options.length);
    else if (event.key === 'Tab') accept(active);
    else if (event.key === 'Escape') setCompletion(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="flex flex-col">
      <textarea
        ref={area}
        aria-label="SQL statement"
        aria-autocomplete="list"
        aria-controls={completion ? listId : undefined}
        aria-activedescendant={completion ? `${listId}-${active}` : undefined}
        value={value}
        rows={Math.min(16, Math.max(5, value.split('\n').length + 1))}
        spellCheck={false}
        autoCapitalize="off"
        className="w-full resize-y rounded-control border border-line bg-page px-2.5 py-2 font-mono text-body outline-none focus-visible:border-accent"
        placeholder="SELECT name, count() AS spans, sum(cost_usd) AS cost FROM spans GROUP BY name ORDER BY cost DESC"
        onChange={(event) => {
          onChange(event.target.value);
          suggest(event.target.value, event.target.selectionStart);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setCompletion(undefined)}
      />
      <div className="flex min-h-7 flex-wrap items-center gap-x-1 gap-y-0.5 pt-1 text-small text-ink-faint">
        {completion ? (
          <div id={listId} role="listbox" aria-label="Completions" className="flex flex-wrap gap-1">
            {completion.options.map((option, index) => (
              <div
                key={option.text}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === active}
                tabIndex={-1}
                title={option.detail}
                className="cursor-pointer rounded-control border border-line px-1.5 font-mono text-ink-soft aria-selected:border-accent aria-selected:text-ink"
                onMouseDown={(event) => {
                  event.preventDefault();
                  accept(index);
                }}
              >
                {option.text}
              </div>
            ))}
            <span className="self-center pl-1">Tab inserts</span>
          </div>
        ) : (
          <span>
            ClickHouse SQL on the rows of this project and time range. Only SELECT; at most 1,000 rows are
            shown.
          </span>
        )}
      </div>
    </div>
  );
}
