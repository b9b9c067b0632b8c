import { type Attributes, DoubleValue } from '@throughline/spans';
import type { Score } from '../../tables/score-row.ts';

/** The event, on a span or as a log record, that carries a judgement. Source: OpenTelemetry GenAI `gen_ai.evaluation.result`. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result';

/** Longer explanations are kept whole on the event. */
const MAX_COMMENT = 10_000;
const MAX_LABEL = 500;

export interface EvaluationTarget {
  readonly traceId: string;
  /** Empty where the whole trace was judged. */
  readonly spanId: string;
  readonly timeUnixNano: bigint;
  /** The instrumentation that reported it. */
  readonly evaluator: string;
}

/** Undefined where the evaluation has no name or came to no result, for instance because it failed. */
export function scoreOfEvaluation(attributes: Attributes, target: EvaluationTarget): Score | undefined {
  const name = textOf(attributes, 'gen_ai.evaluation.name');
  const label = textOf(attributes, 'gen_ai.evaluation.score.label')?.slice(0, MAX_LABEL);
  const number = numberOf(attributes, 'gen_ai.evaluation.score.value');
  const value = number ?? label;
  if (name === undefined || value === undefined) return undefined;
  return {
    traceId: target.traceId,
    spanId: target.spanId,
    sessionId: '',
    name: name.slice(0, MAX_LABEL),
    value,
    label: number === undefined ? undefined : label,
    source: 'otel',
    evaluator: target.evaluator,
    comment: textOf(attributes, 'gen_ai.evaluation.explanation')?.slice(0, MAX_COMMENT),
    createdUnixNano: target.timeUnixNano,
  };
}

function textOf(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(attributes: Attributes, key: string): number | undefined {
  const value = attributes.get(key);
  const number = value instanceof DoubleValue ? value.value : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
