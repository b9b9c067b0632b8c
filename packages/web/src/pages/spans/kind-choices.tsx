import { Link } from '@tanstack/react-router';
import { equals, stateOf } from '../../filter/conditions.ts';
import type { ListParts } from '../../list/list-screen.tsx';
import { printListView } from '../../list/list-view.ts';
import { CHOICES, KINDS, withKind } from './kind-filter.ts';
import { SPAN_LIST } from './span-list.tsx';

/** Quick choices of kinds. They are conditions of the filter like any others. */
export function KindChoices({ view, project }: Omit<ListParts, 'show'>) {
  const chosen = KINDS.find((kind) => stateOf(view.q, equals('kind', kind)) === 'included');
  const search = (q: string) => printListView({ ...view, project, q }, SPAN_LIST);
  return (
    <nav
      aria-label="Kinds of spans"
      className="flex shrink-0 items-center gap-0.5 border-b border-line px-2 py-1"
    >
      <Choice label="All" search={search(withKind(view.q, undefined))} current={chosen === undefined} />
      {KINDS.map((kind) => (
        <Choice
          key={kind}
          label={CHOICES[kind]}
          search={search(withKind(view.q, kind))}
          current={chosen === kind}
        />
      ))}
    </nav>
  );
}

function Choice({
  label,
  search,
  current,
}: {
  label: string;
  search: Readonly<Record<string, string>>;
  current: boolean;
}) {
  const marked = { 'aria-current': current ? ('true' as const) : undefined };
  return (
    <Link
      to="/spans"
      search={search}
      resetScroll={false}
      // By itself, the router would mark every choice, because all of them lead to this page.
      activeProps={marked}
      inactiveProps={marked}
      className="control-quiet whitespace-nowrap aria-[current=true]:bg-selected aria-[current=true]:text-ink"
    >
      {label}
    </Link>
  );
}
