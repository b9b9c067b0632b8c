/** Bounds the memory for results that nothing ever ends, on runtimes that do not report garbage collection. */
const MAX_OPEN = 10_000;

interface OpenResult {
  /** The result will not be consumed any further. */
  cancelled(): void;
}

const open = new Set<OpenResult>();

/** Remembers a generator or stream that has not been consumed to its end, until `removeOpenResult`. */
export function addOpenResult(result: OpenResult): void {
  if (open.size < MAX_OPEN) open.add(result);
}

export function removeOpenResult(result: OpenResult): void {
  open.delete(result);
}

/** Cancels all open results, when tracing stops or nothing is left that could read them. */
export function cancelOpenResults(): void {
  for (const result of [...open]) result.cancelled();
}
