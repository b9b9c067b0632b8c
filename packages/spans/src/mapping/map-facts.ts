import type { Read } from '../attributes/attribute-readers.ts';
import { either } from '../attributes/attribute-readers.ts';
import type { Dialect, FactReaders } from '../dialects/dialect.ts';
import { SHAPES } from '../dialects/dialects.ts';
import { failure } from '../dialects/generic/exceptions.ts';
import { perShape } from '../dialects/shapes.ts';
import type { Cost } from '../model/cost.ts';
import type { RawSpan, StatusCode } from '../model/raw-span.ts';
import type { SpanFacts } from '../model/span.ts';
import { costOfCall } from '../pricing/cost-of-call.ts';
import { createPricer, type PriceUsage } from '../pricing/pricing.ts';
import type { ProjectPrices } from '../pricing/project-prices.ts';
import { createKindReader } from './read-kind.ts';
import { readUsage } from './read-usage.ts';

/** Stored with every row. Raise it whenever the same span would be mapped to other facts. */
export const MAPPER_VERSION = 6;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type FactField = keyof FactReaders;

/** Maps a span. `prices` are those that its project has set; without them, only the price table is used. */
export type MapFacts = (span: RawSpan, prices?: ProjectPrices) => SpanFacts;

/** Maps the facts of a span with all dialects. Never throws. Facts that no dialect reads are undefined. */
export const mapFacts: MapFacts = createMapFacts();

function createMapFacts(): MapFacts {
  const price = createPricer();
  return perShape(SHAPES, (dialects) => createFactMapper(dialects, price));
}

/** Creates a mapper that tries the dialects in order for each field. It does not depend on any particular dialect. */
export function createFactMapper(dialects: readonly Dialect[], price: PriceUsage): MapFacts {
  const readKind = createKindReader(dialects);
  const readStatus = dialects.flatMap(({ status }) => status ?? []);
  const readCost = dialects.flatMap(({ cost }) => cost ?? []);
  const withUsage = dialects.filter(({ usage }) => usage !== undefined);
  const fields = readersByField(dialects);

  return (span, prices) => {
    const kind = readKind(span);
    const facts: Mutable<SpanFacts> = { kind, name: span.name, status: statusOf(readStatus, span) };
    for (const [field, read] of fields) {
      const value = read(span);
      if (value !== undefined) (facts as Record<FactField, unknown>)[field] = bounded(value);
    }
    const message = facts.statusMessage ?? statusMessage(span);
    if (message !== undefined) facts.statusMessage = message;
    const model = facts.responseModel ?? facts.requestModel;
    if (model !== undefined) facts.model = model;
    const feature = facts.feature ?? facts.workflowName;
    if (feature !== undefined) facts.feature = feature;
    if (withUsage.length > 0) {
      const usage = readUsage(span, facts, withUsage);
      if (usage !== undefined) facts.usage = usage;
    }
    const cost = costOfCall(facts, reportedCost(readCost, span), startMs(span), price, prices);
    if (cost !== undefined) facts.cost = cost;
    return facts;
  };
}

/** Maximum length of a fact. The complete text stays in its attribute. */
const MAX_TEXT = 1024;
const MAX_LIST = 100;

function bounded(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;
  return Array.isArray(value) ? value.slice(0, MAX_LIST).map(bounded) : value;
}

/** Combines the readers of each field, in the order of the dialects. */
function readersByField(dialects: readonly Dialect[]): readonly (readonly [FactField, Read<unknown>])[] {
  const byField = new Map<FactField, Read<unknown>[]>();
  for (const { facts = {} } of dialects) {
    for (const [field, read] of Object.entries(facts) as [FactField, Read<unknown>][]) {
      byField.set(field, [...(byField.get(field) ?? []), read]);
    }
  }
  return [...byField].map(([field, reads]) => [field, either(...reads)]);
}

function statusOf(readers: readonly NonNullable<Dialect['status']>[], span: RawSpan): StatusCode {
  for (const read of readers) {
    const status = read(span);
    if (status !== undefined) return status;
  }
  return span.statusCode === 'unset' && failure(span) !== undefined ? 'error' : span.statusCode;
}

function statusMessage(span: RawSpan): string | undefined {
  if (span.statusMessage !== '') return span.statusMessage;
  const message = failure(span)?.attributes.get('exception.message');
  return typeof message === 'string' && message !== '' ? message : undefined;
}

function reportedCost(readers: NonNullable<Dialect['cost']>[], span: RawSpan): Cost | undefined {
  for (const read of readers) {
    const reported = read(span);
    if (reported !== undefined && reported.usd >= 0) return { ...reported, source: 'reported' };
  }
  return undefined;
}

function startMs({ startTimeUnixNano }: RawSpan): number {
  return Number(startTimeUnixNano / 1_000_000n);
}
