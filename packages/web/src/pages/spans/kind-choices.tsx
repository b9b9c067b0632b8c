import { equals, stateOf } from '../../filter/conditions.ts';
import type { ListParts } from '../../list/list-screen.tsx';
import { CHOICES, KINDS, withKind } from './kind-filter.ts';

/** Quick choices of kinds. They are conditions of the filter like any others. */
export function KindChoices({ view, show }: Pick<ListParts, 'view' | 'show'>) {
  const chosen = KINDS.find((kind) => stateOf(view.q, equals('kind', kind)) === 'included');
  return (
    <nav
      aria-label="Kinds of spans"
      className="flex shrink-0 items-center gap-0.5 border-b border-line px-2 py-1"
    >
      {[undefined, ...KINDS].map((kind) => (
        <button
          key={kind ?? 'all'}
          type="button"
          aria-pressed={chosen === kind}
          className="control-quiet whitespace-nowrap aria-pressed:bg-selected aria-pressed:text-ink"
          onClick={() => show({ q: withKind(view.q, kind) })}
        >
          {kind === undefined ? 'All' : CHOICES[kind]}
        </button>
      ))}
    </nav>
  );
}
