import {
  type Attributes,
  type Context,
  type SpanContext,
  type SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace-base';
import { kindOf } from '../core/kind-of.ts';
import type { SamplingOptions, SpanInfo } from '../core/options.ts';
import { swallow } from '../core/report.ts';
import { scopeOf } from '../core/scope.ts';
import { KEYS } from '../core/semconv.ts';
import type { UnsampledCount } from './unsampled-count.ts';

/*
 * Head sampling that is consistent across services. The sampler compares the last 56 bits of the trace id with a threshold
 * and sends the threshold as `ot=th:…` in `tracestate`, so that all services and the server know the sampling rate.
 * Source: OpenTelemetry specification, "TraceState: Probability Sampling".
 */

const DIGITS = 14;
const FULL = 2 ** 56;
const NEVER = null;

/** Returns the rejection threshold of a rate as up to 14 hex digits: `0` keeps all, `8` keeps half, null keeps none. */
export function thresholdOf(rate: number): string | null {
  if (!(rate > 0)) return NEVER;
  if (rate >= 1) return '0';
  // Even the smallest rate must keep some traces.
  const threshold = BigInt(Math.min(Math.round((1 - rate) * FULL), FULL - 8));
  const digits = threshold.toString(16).padStart(DIGITS, '0').slice(-DIGITS).replace(/0+$/, '');
  return digits === '' ? '0' : digits;
}

/** Returns the rate of a threshold, from 0 to 1. Undefined if the text is not a threshold. */
export function rateOf(threshold: string): number | undefined {
  if (!/^[0-9a-f]{1,14}$/.test(threshold)) return undefined;
  return 1 - Number.parseInt(threshold.padEnd(DIGITS, '0'), 16) / FULL;
}

/**
 * Returns whether a trace is kept: its 56 random bits are at or above the threshold. Both are hex strings of the same
 * length, so comparing them as strings is enough.
 */
export function isKept(traceId: string, threshold: string | null, randomness?: string): boolean {
  return threshold !== null && (randomness ?? traceId.slice(-DIGITS)) >= threshold.padEnd(DIGITS, '0');
}

/** Parses the `key:value` pairs of the `ot` entry in `tracestate`. */
export function readOtEntry(entry: string | undefined): { th?: string; rv?: string; others: string[] } {
  const parsed: { th?: string; rv?: string; others: string[] } = { others: [] };
  for (const pair of (entry ?? '').split(';')) {
    if (/^th:[0-9a-f]{1,14}$/.test(pair)) parsed.th = pair.slice(3);
    else if (/^rv:[0-9a-f]{14}$/.test(pair)) parsed.rv = pair.slice(3);
    else if (pair !== '') parsed.others.push(pair);
  }
  return parsed;
}

const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD };
const KEEP: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };

/** Follows the parent's decision. For root spans, the first of rule, user, feature and rate decides. */
export class HeadSampler implements Sampler {
  readonly #options: SamplingOptions;
  readonly #unsampled: () => UnsampledCount | undefined;
  readonly #keepsAll: boolean;

  /** @param unsampled Returns the counter. A function, because a sampler may be created before the client. */
  constructor(options: SamplingOptions, unsampled: () => UnsampledCount | undefined) {
    this.#options = options;
    this.#unsampled = unsampled;
    this.#keepsAll =
      !options.rule &&
      !options.features &&
      !options.users &&
      (options.rate === undefined || options.rate >= 1);
  }

  shouldSample(
    parent: Context,
    traceId: string,
    name: string,
    _kind: SpanKind,
    attributes: Attributes,
  ): SamplingResult {
    const above = trace.getSpanContext(parent);
    if (above !== undefined && above.traceId === traceId) return this.#follow(parent, above);
    if (this.#keepsAll) return KEEP;
    return this.#decideRoot(parent, traceId, name, attributes);
  }

  #follow(parent: Context, above: SpanContext): SamplingResult {
    if ((above.traceFlags & TraceFlags.SAMPLED) === 0) {
      this.#unsampled()?.add(scopeOf(parent)?.values.feature, above.isRemote === true);
      return DROP;
    }
    if (above.isRemote !== true) return KEEP;
    const { th } = readOtEntry(above.traceState?.get('ot'));
    const rate = th === undefined ? undefined : rateOf(th);
    return rate === undefined || rate >= 1 ? KEEP : { ...KEEP, attributes: { [KEYS.sampleRate]: rate } };
  }

  #decideRoot(parent: Context, traceId: string, name: string, attributes: Attributes): SamplingResult {
    const values = scopeOf(parent)?.values;
    const rate = this.#rate({
      name,
      kind: kindOf(attributes),
      feature: values?.feature,
      userId: values?.userId,
      sessionId: values?.sessionId,
    });
    const threshold = thresholdOf(rate);
    if (threshold === null || !isKept(traceId, threshold)) {
      this.#unsampled()?.add(values?.feature, true);
      return DROP;
    }
    if (threshold === '0') return KEEP;
    return {
      ...KEEP,
      attributes: { [KEYS.sampleRate]: rate },
      traceState: new TraceState().set('ot', `th:${threshold}`),
    };
  }

  #rate(info: SpanInfo): number {
    const { rule, users, features, rate } = this.#options;
    let byRule: number | boolean | undefined;
    try {
      byRule = rule?.(info);
    } catch (error) {
      swallow('the sampling rule', error);
    }
    if (typeof byRule === 'boolean') return byRule ? 1 : 0;
    const candidates = [byRule, own(users, info.userId), own(features, info.feature), rate];
    const chosen = candidates.find((candidate) => typeof candidate === 'number' && !Number.isNaN(candidate));
    return Math.min(1, Math.max(0, chosen ?? 1));
  }

  toString(): string {
    return 'ThroughlineHeadSampler';
  }
}

function own(
  table: Readonly<Record<string, number>> | undefined,
  key: string | undefined,
): number | undefined {
  return table !== undefined && key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
