import { formatCount } from '@throughline/spans';
import { useEffect, useRef } from 'react';
import type { FilterOption } from './filter-option.ts';

interface FilterListProps {
  readonly id: string;
  readonly options: readonly FilterOption[];
  /** Index of the highlighted option; -1 if there is none. */
  readonly active: number;
  readonly onChoose: (option: FilterOption) => void;
}

/** The completions. The input keeps the focus; the highlighted option follows the arrow keys. */
export function FilterList({ id, options, active, onChoose }: FilterListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label="Completions"
      tabIndex={-1}
      className="max-h-[min(22rem,50vh)] overflow-y-auto"
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input handles the keys.
        <div
          key={option.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className="menu-row cursor-pointer flex-wrap gap-y-0 aria-selected:bg-selected sm:flex-nowrap"
          // The input must not lose the focus to the list.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(option)}
        >
          {option.group !== options[index - 1]?.group && (
            <span className="w-full shrink-0 text-tiny text-ink-faint sm:hidden">{option.group}</span>
          )}
          <span className="hidden w-20 shrink-0 text-tiny text-ink-faint sm:inline">
            {option.group !== options[index - 1]?.group && option.group}
          </span>
          <span className="min-w-0 truncate font-mono text-small">{option.label}</span>
          {option.describes && (
            <span className="hidden min-w-0 flex-1 truncate text-small text-ink-soft sm:inline">
              {option.describes}
            </span>
          )}
          {option.example && (
            <span className="ml-auto hidden max-w-1/2 shrink-0 truncate font-mono text-small text-ink-faint md:inline">
              {option.example}
            </span>
          )}
          {option.count !== undefined && (
            <span className="ml-auto text-small text-ink-faint">{formatCount(option.count)}</span>
          )}
        </div>
      ))}
    </div>
  );
}
