import { type Attributes, evaluationOf } from '@throughline/spans';
import type { Score } from '../../tables/score-row.ts';

/** Limit for the comment of a score. The event contains the whole explanation. */
const MAX_COMMENT = 10_000;
const MAX_LABEL = 500;

export interface EvaluationTarget {
  readonly traceId: string;
  /** Empty if the whole trace was evaluated. */
  readonly spanId: string;
  readonly timeUnixNano: bigint;
  /** The instrumentation that reported the evaluation. */
  readonly evaluator: string;
}

/** The score that an evaluation event reports. Undefined if the event has no name or no result. */
export function scoreOfEvaluation(attributes: Attributes, target: EvaluationTarget): Score | undefined {
  const evaluation = evaluationOf(attributes);
  if (evaluation === undefined) return undefined;
  const { name, value, label, explanation } = evaluation;
  return {
    traceId: target.traceId,
    spanId: target.spanId,
    sessionId: '',
    name: name.slice(0, MAX_LABEL),
    value: typeof value === 'string' ? value.slice(0, MAX_LABEL) : value,
    label: label?.slice(0, MAX_LABEL),
    source: 'otel',
    evaluator: target.evaluator,
    comment: explanation?.slice(0, MAX_COMMENT),
    createdUnixNano: target.timeUnixNano,
  };
}
