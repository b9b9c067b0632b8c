import { addCosts } from '@throughline/spans';
import type { RepricedModel } from '../../contract/reprice-job.ts';

/** The next window of a run: a minute, and the part of its traces if it has many spans. */
export interface Place {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly part: number;
  /** Number of parts of this minute. 1 for minutes that are read whole. */
  readonly parts: number;
}

/** Where a run is, and what it has changed so far. */
export interface Progress {
  readonly place: Place;
  readonly total: number;
  readonly done: number;
  readonly changed: number;
  readonly models: readonly RepricedModel[];
}

/** What became of one span. */
export interface RepricedSpan {
  readonly provider: string | null;
  readonly model: string | null;
  /** Whether it counts towards totals. */
  readonly counted: boolean;
  readonly isChanged: boolean;
  readonly beforeUsd: number | null;
  readonly afterUsd: number | null;
}

/** A job has at most as many models, so that its row stays small. Further models are added up in one entry without names. */
const MAX_MODELS = 500;

export function startOf(total: number, fromMinute: number): Progress {
  return { place: { minute: fromMinute, part: 0, parts: 1 }, total, done: 0, changed: 0, models: [] };
}

/** The progress after a window. */
export function afterWindow(progress: Progress, spans: readonly RepricedSpan[], next: Place): Progress {
  const models = new Map(progress.models.map((entry) => [keyOf(entry), entry]));
  for (const span of spans) {
    const isNew = !models.has(keyOf(span));
    const named = isNew && models.size >= MAX_MODELS ? { provider: null, model: null } : span;
    const { provider, model } = named;
    const key = keyOf(named);
    const known = models.get(key) ?? emptyModel(provider, model);
    models.set(key, withSpan(known, span));
  }
  return {
    place: next,
    total: progress.total,
    done: progress.done + spans.length,
    changed: progress.changed + spans.filter(({ isChanged }) => isChanged).length,
    models: [...models.values()],
  };
}

function withSpan(entry: RepricedModel, span: RepricedSpan): RepricedModel {
  const { isChanged, counted, beforeUsd, afterUsd } = span;
  const costs = (sum: number, usd: number | null) => (counted ? addCosts([sum, usd ?? 0]) : sum);
  return {
    ...entry,
    spans: entry.spans + 1,
    changed: entry.changed + Number(isChanged),
    newlyPriced: entry.newlyPriced + Number(beforeUsd === null && afterUsd !== null),
    noLongerPriced: entry.noLongerPriced + Number(beforeUsd !== null && afterUsd === null),
    costBeforeUsd: costs(entry.costBeforeUsd, beforeUsd),
    costAfterUsd: costs(entry.costAfterUsd, afterUsd),
  };
}

function emptyModel(provider: string | null, model: string | null): RepricedModel {
  return {
    provider,
    model,
    spans: 0,
    changed: 0,
    newlyPriced: 0,
    noLongerPriced: 0,
    costBeforeUsd: 0,
    costAfterUsd: 0,
  };
}

const keyOf = ({ provider, model }: Pick<RepricedModel, 'provider' | 'model'>): string =>
  JSON.stringify([provider, model]);
