/** A row of the list below the filter. */
export interface FilterOption {
  readonly id: string;
  /** Heading above the first row of its kind. */
  readonly group: 'Did you mean' | 'Recent' | 'Fields' | 'Functions' | 'Keywords' | 'Values';
  /** Text of the row. */
  readonly label: string;
  readonly describes?: string;
  readonly example?: string;
  /** Number of traces with this value. */
  readonly count?: number;
  /** The filter after the row was chosen. */
  readonly text: string;
  readonly caret: number;
  /** Whether choosing the row applies the filter. */
  readonly applies?: boolean;
}

/** Replaces the characters from `from` to `to`. `caret` counts from the start of the new text. */
export function replaced(
  text: string,
  from: number,
  to: number,
  by: string,
  caret = by.length,
): { readonly text: string; readonly caret: number } {
  return { text: text.slice(0, from) + by + text.slice(to), caret: from + caret };
}
