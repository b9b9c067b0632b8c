import { COLUMN_WIDTHS, type TreeColumns } from './span-row.tsx';
import { type Tick, type TimeScale, toPixels } from './time-scale.ts';

interface TimeAxisProps {
  readonly columns: TreeColumns;
  readonly treeWidth: number;
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
}

/** Labels closer than this to the right edge are left out, because they would be cut off. */
const LABEL_ROOM_PX = 44;

/** The header of the waterfall: column names and time labels. */
export function TimeAxis({ columns, treeWidth, scale, ticks }: TimeAxisProps) {
  return (
    <div
      className="flex h-6 shrink-0 items-center border-b border-line text-tiny text-ink-faint select-none"
      aria-hidden
    >
      <div className="flex shrink-0 items-center overflow-hidden" style={{ width: treeWidth }}>
        <span className="min-w-0 flex-1 pl-3">Span</span>
        {columns.cost && <span className={`shrink-0 pr-2.5 text-right ${COLUMN_WIDTHS.cost}`}>Cost</span>}
        {columns.tokens && (
          <span className={`shrink-0 pr-2.5 text-right ${COLUMN_WIDTHS.tokens}`}>Tokens</span>
        )}
        {columns.duration && (
          <span className={`shrink-0 pr-2.5 text-right ${COLUMN_WIDTHS.duration}`}>Duration</span>
        )}
      </div>
      <div className="relative h-full flex-1 overflow-hidden">
        {ticks.map((tick) => (
          <span
            key={tick.ms}
            className="absolute inset-y-0 border-l border-line pt-0.5 pl-1 whitespace-nowrap"
            style={{ left: Math.round(toPixels(scale, tick.ms)) }}
          >
            {toPixels(scale, tick.ms) < scale.widthPx - LABEL_ROOM_PX && tick.label}
          </span>
        ))}
        <span
          data-cursor-label
          className="absolute top-0.5 hidden rounded-sm bg-accent px-1 whitespace-nowrap text-on-accent"
        />
      </div>
    </div>
  );
}
