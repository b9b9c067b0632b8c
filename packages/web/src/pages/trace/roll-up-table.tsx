import { ROLL_UPS, type RollUpBy, type RollUpRow } from '@throughline/spans';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { showCost, showCount, showDuration, showShare } from '../../format/numbers.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Value } from '../../ui/value.tsx';
import { nextRollUpOrder, parseRollUpOrder, type RollUpColumn, sortRollUp } from './roll-up-order.ts';

interface RollUpTableProps {
  readonly rows: readonly RollUpRow[];
  /** Length of the critical path, of which the bars show a share. */
  readonly pathMs: number;
  readonly by: RollUpBy;
  readonly onBy: (by: RollUpBy) => void;
  readonly order: string | undefined;
  readonly onOrder: (order: string) => void;
  /** Key of the row whose spans are marked. */
  readonly marked: string | undefined;
  readonly onMark: (row: RollUpRow | undefined) => void;
  readonly onClose: () => void;
}

interface Column {
  readonly id: RollUpColumn;
  readonly title: string;
  readonly describes?: string;
  /** Hidden in narrow windows. */
  readonly optional?: boolean;
  readonly show: (row: RollUpRow) => ReactNode;
}

const COLUMNS: readonly Column[] = [
  { id: 'count', title: 'Count', show: ({ count }) => <Value shown={showCount(count)} /> },
  {
    id: 'criticalMs',
    title: 'Critical',
    describes: 'Time for which the whole trace waited for these spans',
    show: ({ criticalMs }) => <Value shown={showDuration(criticalMs)} />,
  },
  {
    id: 'selfMs',
    title: 'Self',
    describes: 'Sum of the durations without the time of children',
    optional: true,
    show: ({ selfMs }) => <Value shown={showDuration(selfMs)} />,
  },
  {
    id: 'totalMs',
    title: 'Total',
    describes: 'Sum of the durations',
    optional: true,
    show: ({ totalMs }) => <Value shown={showDuration(totalMs)} />,
  },
  { id: 'p50Ms', title: 'p50', optional: true, show: ({ p50Ms }) => <Value shown={showDuration(p50Ms)} /> },
  { id: 'maxMs', title: 'Max', optional: true, show: ({ maxMs }) => <Value shown={showDuration(maxMs)} /> },
  { id: 'tokens', title: 'Tokens', show: ({ tokens }) => <Value shown={showCount(tokens)} /> },
  {
    id: 'costUsd',
    title: 'Cost',
    show: (row) => <Value shown={showCost(row.costUsd, row)} />,
  },
  {
    id: 'errors',
    title: 'Errors',
    show: ({ errors }) =>
      errors === 0 ? null : <span className="text-error">{showCount(errors).text}</span>,
  },
];

const TITLES: Readonly<Record<RollUpBy, string>> = {
  step: 'Step',
  kind: 'Kind',
  model: 'Model',
  tool: 'Tool',
};

/** The totals of a trace by step, kind, model or tool. A click on a row marks its spans in the tree. */
export function RollUpTable(props: RollUpTableProps) {
  const { rows, by, marked, onMark } = props;
  const order = parseRollUpOrder(props.order);
  return (
    <section aria-label="Totals" className="flex max-h-[45%] shrink-0 flex-col border-b border-line">
      <div className="flex shrink-0 items-center gap-1 px-2 py-1">
        <fieldset className="flex items-center gap-0.5">
          <legend className="sr-only">Totals by</legend>
          {ROLL_UPS.map((each) => (
            <button
              key={each}
              type="button"
              className="control-quiet text-small aria-pressed:bg-selected aria-pressed:text-ink"
              aria-pressed={each === by}
              onClick={() => props.onBy(each)}
            >
              By {TITLES[each].toLowerCase()}
            </button>
          ))}
        </fieldset>
        {marked !== undefined && (
          <button type="button" className="control-quiet text-small" onClick={() => onMark(undefined)}>
            Unmark
          </button>
        )}
        <button
          type="button"
          className="control-quiet ml-auto"
          onClick={props.onClose}
          aria-label="Close the totals"
        >
          <X size={13} aria-hidden />
        </button>
      </div>
      {rows.length === 0 ? (
        <p className="px-3 pb-2 text-ink-soft">No span of this trace has a {by}.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        <section className="min-h-0 overflow-auto" aria-label="Table of totals" tabIndex={0}>
          <table className="w-full border-collapse text-left">
            <thead className="sticky top-0 z-[1] bg-page text-small text-ink-faint">
              <tr className="h-7">
                {[{ id: 'label', title: TITLES[by] } as const, ...COLUMNS].map((column) => (
                  <Title
                    key={column.id}
                    {...column}
                    order={order}
                    onOrder={() => props.onOrder(nextRollUpOrder(order, column.id))}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {sortRollUp(rows, order).map((row) => (
                <tr
                  key={row.key}
                  className="h-7 border-t border-line/60 hover:bg-hover has-aria-pressed:bg-selected"
                  onClick={() => onMark(row.key === marked ? undefined : row)}
                >
                  <td className="relative max-w-0 min-w-40 py-0 pr-2 pl-3">
                    <span
                      className="bar-fill"
                      style={{ width: `${Math.min(1, row.criticalMs / props.pathMs) * 100}%` }}
                      title={`${showShare(row.criticalMs, props.pathMs).text} of the critical path`}
                      aria-hidden
                    />
                    <button
                      type="button"
                      className="relative flex w-full min-w-0 items-center gap-1.5 text-left"
                      aria-pressed={row.key === marked}
                      title={row.label}
                    >
                      {row.kind && <KindIcon kind={row.kind} />}
                      <span className="truncate">{row.label}</span>
                      <span className="shrink-0 text-tiny text-ink-faint">
                        {showShare(row.criticalMs, props.pathMs).text}
                      </span>
                    </button>
                  </td>
                  {COLUMNS.map(({ id, optional, show }) => (
                    <td
                      key={id}
                      className={`px-2 text-right whitespace-nowrap last:pr-3 ${optional ? 'hidden xl:table-cell' : ''}`}
                    >
                      {show(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

interface TitleProps {
  readonly id: RollUpColumn;
  readonly title: string;
  readonly describes?: string;
  readonly optional?: boolean;
  readonly order: ReturnType<typeof parseRollUpOrder>;
  readonly onOrder: () => void;
}

function Title({ id, title, describes, optional, order, onOrder }: TitleProps) {
  const sorted = order.column === id;
  const Arrow = order.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      {...(sorted && { 'aria-sort': order.descending ? 'descending' : 'ascending' })}
      className={`font-normal ${id === 'label' ? 'w-full pl-3' : 'px-2 text-right last:pr-3'} ${optional ? 'hidden xl:table-cell' : ''}`}
    >
      <button
        type="button"
        className="inline-flex items-center gap-0.5 hover:text-ink"
        title={describes}
        onClick={onOrder}
      >
        {title}
        {sorted && <Arrow size={11} aria-hidden />}
      </button>
    </th>
  );
}
