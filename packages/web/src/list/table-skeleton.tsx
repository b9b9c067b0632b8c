const ROWS = Array.from({ length: 14 }, (_, i) => i);

/** A placeholder for the list while it loads, which appears after 150 ms. */
export function TableSkeleton() {
  return (
    <div className="appear-late flex-1 overflow-hidden" role="status" aria-label="Loading the list">
      {ROWS.map((row) => (
        <div key={row} className="flex h-8 items-center gap-6 border-b border-line/60 px-3">
          <span className="skeleton size-2.5 rounded-full" />
          <span className="skeleton h-3 w-40" />
          <span className="skeleton h-3 w-16" />
          <span className="skeleton h-3 w-16" />
          <span className="skeleton hidden h-3 flex-1 md:block" />
        </div>
      ))}
    </div>
  );
}
