import { type KeyBinding, useKeys } from '../frame/keys.tsx';
import type { ListSpec } from './list-spec.ts';
import type { Selection } from './selection/use-selection.ts';

interface ListKeysInput {
  readonly spec: Pick<ListSpec<never>, 'title' | 'nouns'>;
  /** Index of the active row; -1 if there is none. */
  readonly at: number;
  readonly keys: readonly string[];
  readonly activate: (key: string) => void;
  readonly open: () => void;
  /** Absent: the list has no preview. */
  readonly peek:
    | {
        readonly key: string | undefined;
        readonly open: (key: string) => void;
        readonly close: () => void;
      }
    | undefined;
  readonly toggleFacets: (() => void) | undefined;
  readonly openColumns: () => void;
  readonly openValues: (() => void) | undefined;
  readonly refresh: () => void;
  /** Absent: rows cannot be selected. */
  readonly selection: Selection | undefined;
  readonly toggleLive: (() => void) | undefined;
}

/** The keyboard shortcuts of a list. */
export function useListKeys(input: ListKeysInput): void {
  const { spec, at, keys, activate, peek } = input;
  const [one] = spec.nouns;
  const step = (by: number) => {
    const next = keys[at < 0 ? 0 : Math.max(0, Math.min(keys.length - 1, at + by))];
    if (next !== undefined) activate(next);
  };
  const current = keys[Math.max(0, at)];
  const toggle = (selection: Selection) => () => {
    if (current === undefined) return;
    activate(current);
    selection.toggle(current);
  };
  const extend = (selection: Selection, by: number) => () => {
    const next = keys[at < 0 ? 0 : Math.max(0, Math.min(keys.length - 1, at + by))];
    if (next === undefined) return;
    selection.extend(next, current);
    activate(next);
  };
  const { selection } = input;
  const selecting: readonly KeyBinding[] = selection
    ? [
        { keys: ['x'], label: `Select ${one}`, run: toggle(selection) },
        {
          keys: ['shift+ArrowDown', 'J'],
          label: 'Extend the selection down',
          run: extend(selection, 1),
          yieldsToPanes: true,
        },
        {
          keys: ['shift+ArrowUp', 'K'],
          label: 'Extend the selection up',
          run: extend(selection, -1),
          yieldsToPanes: true,
        },
        { keys: ['A'], label: `Select all ${spec.nouns[1]} of the list`, run: selection.toggleAll },
      ]
    : [];
  const hasSelection = selection !== undefined && selection.targets.size > 0;
  const togglePeek = () => {
    const key = keys[Math.max(0, at)];
    if (peek?.key !== undefined) peek.close();
    else if (key !== undefined) peek?.open(key);
  };
  const optional = (key: string, label: string, run: (() => void) | undefined): KeyBinding[] =>
    run ? [{ keys: [key], label, run }] : [];
  useKeys(spec.title, [
    { keys: ['j', 'ArrowDown'], label: `Next ${one}`, run: () => step(1), yieldsToPanes: true },
    { keys: ['k', 'ArrowUp'], label: `Previous ${one}`, run: () => step(-1), yieldsToPanes: true },
    { keys: ['Enter'], label: `Open ${one}`, run: input.open },
    ...optional(' ', `Preview ${one}`, peek && togglePeek),
    ...optional('Escape', 'Close preview', peek?.key === undefined || hasSelection ? undefined : peek.close),
    ...optional('Escape', 'Clear the selection', hasSelection ? selection.clear : undefined),
    ...selecting,
    ...optional('i', 'Filter by a value of the row', input.openValues),
    ...optional('f', 'Facets', input.toggleFacets),
    { keys: ['o'], label: 'Columns', run: input.openColumns },
    { keys: ['r'], label: 'Refresh', run: input.refresh },
    ...optional('l', 'Turn live updates on or off', input.toggleLive),
  ]);
}
