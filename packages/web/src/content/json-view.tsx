import { formatCount } from '@throughline/spans';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { countOf } from '../format/numbers.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { FoldedText } from './folded-text.tsx';
import { toJson } from './to-json.ts';

/** JSON as a tree. Two levels are open at first. Deeper ones render only when opened, so depth and size cost nothing. */
export function JsonView({ value, copyLabel = 'Copy the JSON' }: { value: unknown; copyLabel?: string }) {
  return (
    <div className="group/json relative font-mono text-small">
      <div className="absolute top-0 right-0 z-[1] opacity-0 group-focus-within/json:opacity-100 group-hover/json:opacity-100">
        <CopyButton text={() => toJson(value, 2)} label={copyLabel} />
      </div>
      <JsonNode value={value} depth={0} />
    </div>
  );
}

const OPEN_DEPTH = 2;
/** Number of entries of an object or array that are shown at first. */
const MOST_ENTRIES = 100;

function JsonNode({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  if (typeof value === 'object' && value !== null) {
    return <JsonBranch {...(name !== undefined && { name })} value={value} depth={depth} />;
  }
  return (
    <div className="flex gap-1.5 pl-4">
      {name !== undefined && <Key name={name} />}
      <JsonLeaf value={value} />
    </div>
  );
}

function JsonBranch({ name, value, depth }: { name?: string; value: object; depth: number }) {
  const isList = Array.isArray(value);
  const keys = isList ? null : Object.keys(value);
  const count = keys ? keys.length : (value as unknown[]).length;
  const [open, setOpen] = useState(depth < OPEN_DEPTH && count <= MOST_ENTRIES);
  const [shown, setShown] = useState(MOST_ENTRIES);
  const Chevron = open ? ChevronDown : ChevronRight;
  const [start, end] = isList ? ['[', ']'] : ['{', '}'];
  if (count === 0) {
    return (
      <div className="flex gap-1.5 pl-4">
        {name !== undefined && <Key name={name} />}
        <span className="text-ink-faint">
          {start}
          {end}
        </span>
      </div>
    );
  }
  return (
    <div>
      <button
        type="button"
        className="flex max-w-full items-center gap-0.5 rounded-sm text-left hover:bg-hover"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Chevron size={13} className="shrink-0 text-ink-faint" aria-hidden />
        {name !== undefined && <Key name={name} />}
        <span className="truncate text-ink-faint">
          {open ? start : `${start} ${countOf(count, isList ? 'item' : 'key')} ${end}`}
        </span>
      </button>
      {open && (
        <div className="ml-1.5 border-l border-line pl-2">
          {Array.from({ length: Math.min(count, shown) }, (_, i) => {
            const key = keys ? (keys[i] as string) : String(i);
            const entry = keys ? (value as Record<string, unknown>)[key] : (value as unknown[])[i];
            return <JsonNode key={key} name={key} value={entry} depth={depth + 1} />;
          })}
          {count > shown && (
            <button type="button" className="link pl-4" onClick={() => setShown(shown + MOST_ENTRIES * 10)}>
              Show more · {formatCount(count - shown)} left
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Key({ name }: { name: string }) {
  return <span className="shrink-0 text-ink-soft">{name}:</span>;
}

function JsonLeaf({ value }: { value: unknown }) {
  if (typeof value === 'string') {
    return (
      <div className="min-w-0 flex-1">
        <FoldedText text={value} mono />
      </div>
    );
  }
  return <span className="text-accent">{String(value)}</span>;
}
