import type { RowsOf } from '@throughline/spans';
import type { Recent } from '../../url/time-range.ts';

/** What a panel asks for. Measures are written with their aggregation: `cost.sum`. */
export interface PanelQuery {
  /** Default: spans. */
  readonly of?: RowsOf;
  readonly measures: readonly string[];
  /** Dimensions. `choice` is the one that the reader chose for the dashboard. */
  readonly by?: readonly string[];
  /** Filter of the panel, which applies in addition to that of the page. */
  readonly q?: string;
  /** Maximum number of groups. */
  readonly limit?: number;
}

interface PanelBase {
  /** Unique within the dashboard. */
  readonly id: string;
  readonly title: string;
  /** Explains what is counted, if the title does not. */
  readonly describes?: string;
  /** Of twelve columns of a wide window. */
  readonly width: 12 | 8 | 6 | 4;
}

/** One panel of a dashboard: a query and how its result is drawn. */
export type Panel = PanelBase &
  (
    | { readonly chart: 'numbers'; readonly query: PanelQuery; readonly names?: readonly string[] }
    /** Over time. With a dimension, the first measure of each group, otherwise one line for each measure. */
    | { readonly chart: 'bars' | 'lines'; readonly query: PanelQuery; readonly names?: readonly string[] }
    | { readonly chart: 'table'; readonly query: PanelQuery; readonly names?: readonly string[] }
    /** By the values of an ordinal dimension. */
    | { readonly chart: 'histogram'; readonly query: PanelQuery }
    | { readonly chart: 'forecast' }
    | { readonly chart: 'top'; readonly of: RowsOf; readonly sort: string; readonly q?: string }
    /** Sentences about what changed since the previous period. */
    | { readonly chart: 'changes' }
    /** Averages of each score over time and by the chosen dimension. */
    | { readonly chart: 'scores' }
  );

export interface Dashboard {
  /** Part of the address. */
  readonly name: string;
  readonly title: string;
  readonly describes: string;
  /** The dimension that is chosen at first. Undefined: no panel depends on it. */
  readonly by?: string;
  /** The dimensions that are offered. */
  readonly choices?: readonly string[];
  /** The range that is shown at first. Default: the last seven days. */
  readonly range?: Recent;
  readonly panels: readonly Panel[];
}

/** `cost.sum` as a measure and an aggregation. Names of scores contain dots, and aggregations do not. */
export function splitMeasure(text: string): { readonly measure: string; readonly aggregation: string } {
  const dot = text.lastIndexOf('.');
  return { measure: text.slice(0, dot), aggregation: text.slice(dot + 1) };
}
