import { parseFilter } from '@throughline/spans';
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { useKeys } from '../frame/keys.tsx';
import type { TimeRange } from '../url/time-range.ts';
import { FilterList } from './filter-list.tsx';
import type { FilterOption } from './filter-option.ts';
import { isUnfinished } from './filter-problem.ts';
import { MarkedFilter } from './marked-filter.tsx';
import { useFilterOptions } from './use-filter-options.ts';

interface FilterBarProps {
  /** The filter that the page shows. */
  readonly applied: string;
  readonly project: string;
  /** Time range of the values that are suggested. */
  readonly range: TimeRange;
  /** Filters that were applied before, newest first. */
  readonly recent: readonly string[];
  /** What the filter selects. Default: traces. */
  readonly of?: 'trace' | 'span';
  /** Several rows of the page, in lower case. */
  readonly nouns?: string;
  readonly onApply: (filter: string) => void;
}

/** The filter of a page: an input with completion that marks what it does not understand. */
export function FilterBar(props: FilterBarProps) {
  const { applied, project, range, recent, of = 'trace', nouns = 'traces', onApply } = props;
  const [text, setText] = useState(applied);
  const [caret, setCaret] = useState(applied.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  /** Whether Enter was pressed on a filter with a problem, which is then shown even if it seems unfinished. */
  const [insisted, setInsisted] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const nextCaret = useRef<number | undefined>(undefined);
  const id = useId();

  useKeys('Filter', [{ keys: ['/'], label: `Filter the ${nouns}`, run: () => input.current?.focus() }]);
  useLayoutEffect(() => {
    const element = input.current;
    if (nextCaret.current !== undefined) element?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = undefined;
    if (marks.current && element) marks.current.scrollLeft = element.scrollLeft;
  });

  const parsed = parseFilter(text, { of });
  const problem = parsed.ok ? undefined : parsed.problem;
  const shown = problem && (insisted || !open || !isUnfinished(text, problem)) ? problem : undefined;
  const options = useFilterOptions({ of, open, text, caret, project, range, recent });
  const highlighted = options[active];

  const edit = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setActive(-1);
    setInsisted(false);
    setOpen(true);
  };
  const leave = () => {
    setOpen(false);
    input.current?.blur();
  };
  const apply = (filter: string) => {
    if (!parseFilter(filter, { of }).ok) return setInsisted(true);
    leave();
    setText(filter.trim());
    if (filter.trim() !== applied) onApply(filter.trim());
  };
  const choose = (option: FilterOption) => {
    edit(option.text, option.caret);
    nextCaret.current = option.caret;
    if (option.applies) apply(option.text);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setOpen(true);
      if (options.length > 0) setActive((at) => wrap(at + step, options.length));
    } else if (event.key === 'Enter') {
      if (highlighted) choose(highlighted);
      else apply(text);
    } else if (event.key === 'Tab' && !event.shiftKey && highlighted) {
      choose(highlighted);
    } else if (event.key === 'Escape') {
      setText(applied);
      leave();
    } else return;
    event.preventDefault();
  };

  return (
    <search className="relative min-w-0 flex-1">
      <div className="relative flex items-center">
        <Search size={13} className="pointer-events-none absolute left-2 text-ink-faint" aria-hidden />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Filter"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          {...(highlighted && { 'aria-activedescendant': `${id}-list-${active}` })}
          aria-invalid={shown !== undefined}
          aria-describedby={`${id}-message`}
          value={text}
          placeholder="Filter: kind:llm cost>0.02 &quot;refund&quot;"
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="search"
          className={`field w-full pr-14 pl-7 ${shown ? 'border-error' : ''}`}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onChange={(event) => edit(event.target.value, event.target.selectionStart ?? 0)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onScroll={(event) => {
            if (marks.current) marks.current.scrollLeft = event.currentTarget.scrollLeft;
          }}
          onKeyDown={onKeyDown}
        />
        <div
          ref={marks}
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-14 left-7 overflow-hidden border-x border-transparent leading-7 whitespace-pre text-transparent"
        >
          {shown && <MarkedFilter text={text} problem={shown} />}
        </div>
        <span className="absolute right-1 flex items-center gap-1">
          {text.trim() !== applied && !shown && (
            <kbd className="key" title="Press Enter to apply the filter">
              ⏎
            </kbd>
          )}
          {text === '' ? (
            <kbd className="key" aria-hidden>
              /
            </kbd>
          ) : (
            <button
              type="button"
              className="control-quiet"
              aria-label="Clear the filter"
              onClick={() => {
                setText('');
                if (applied !== '') onApply('');
              }}
            >
              <X size={13} aria-hidden />
            </button>
          )}
        </span>
      </div>
      <div
        className={
          open && (problem || options.length > 0) ? 'float absolute inset-x-0 top-full mt-1 p-1.5' : 'sr-only'
        }
      >
        <p
          id={`${id}-message`}
          role="status"
          className={`text-small ${problem ? 'px-2 py-1' : ''} ${shown ? 'text-error' : 'text-ink-soft'}`}
        >
          {problem && withoutNames(problem.message, options.length > 0)}
        </p>
        {options.length > 0 && (
          <FilterList id={`${id}-list`} options={options} active={active} onChoose={choose} />
        )}
      </div>
    </search>
  );
}

/** The index of the highlighted option. The arrow keys also reach -1, which means that none is highlighted. */
function wrap(at: number, count: number): number {
  if (at < -1) return count - 1;
  return at >= count ? -1 : at;
}

/** The list below the message shows the names of fields and functions better than a sentence. */
function withoutNames(message: string, listed: boolean): string {
  return listed ? message.replace(/ Known (?:fields|functions) are .*$/, '') : message;
}
