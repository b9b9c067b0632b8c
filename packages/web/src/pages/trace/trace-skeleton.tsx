const ROWS = [60, 40, 48, 30, 52, 36, 44, 28];

/** A placeholder with the shape of a trace, shown while it loads. */
export function TraceSkeleton() {
  return (
    <div className="appear-late flex-1 overflow-hidden" role="status" aria-label="Loading the trace">
      <div className="flex flex-col gap-2 border-b border-line px-3 py-3">
        <span className="skeleton h-5 w-64" />
        <span className="skeleton h-3 w-96 max-w-full" />
      </div>
      <div className="h-9 border-b border-line" />
      {ROWS.map((width, i) => (
        <div
          key={width}
          className="flex h-7 items-center gap-4 px-3"
          style={{ paddingLeft: 12 + (i % 4) * 14 }}
        >
          <span className="skeleton h-3" style={{ width: `${width / 2}%` }} />
        </div>
      ))}
    </div>
  );
}
