import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** Everything that defines what the page of prices shows. */
export interface PricesView {
  /** If absent, the project that was shown last. */
  readonly project?: string;
  /** Range of the calls that are counted. Default: the last 30 days, because prices concern a month's bill. */
  readonly range: TimeRange;
  /** The model whose price is being set, so that other pages can link to its form. */
  readonly model?: string;
  readonly provider?: string;
}

const DEFAULT_RANGE = '30d';

export function parsePricesView(search: Readonly<Record<string, string>>): PricesView {
  const { project, model, provider } = search;
  return {
    ...(project && { project }),
    range: parseTimeRange({ range: DEFAULT_RANGE, ...search }),
    ...(model && { model }),
    ...(model && provider && { provider }),
  };
}

/** The search parameters of a view, without defaults. */
export function printPricesView({ project, range, model, provider }: PricesView): Record<string, string> {
  const printed =
    range.kind === 'between'
      ? printTimeRange(range)
      : range.recent === DEFAULT_RANGE
        ? {}
        : { range: range.recent };
  return { ...(project && { project }), ...printed, ...(model && { model }), ...(provider && { provider }) };
}
