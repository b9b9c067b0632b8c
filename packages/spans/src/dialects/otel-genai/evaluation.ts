import { type Attributes, DoubleValue } from '../../model/raw-span.ts';

/** The result of an evaluation, as an event reports it. Source: OpenTelemetry GenAI `gen_ai.evaluation.result`. */
export interface Evaluation {
  readonly name: string;
  /** The number, or the label if there is no number. */
  readonly value: number | string;
  /** The meaning of a number in words, such as `pass`. */
  readonly label?: string;
  readonly explanation?: string;
}

/** Undefined if the event has no name or no result, for example because the evaluation failed. */
export function evaluationOf(attributes: Attributes): Evaluation | undefined {
  const name = textOf(attributes, 'gen_ai.evaluation.name');
  const label = textOf(attributes, 'gen_ai.evaluation.score.label');
  const number = numberOf(attributes, 'gen_ai.evaluation.score.value');
  const explanation = textOf(attributes, 'gen_ai.evaluation.explanation');
  const value = number ?? label;
  if (name === undefined || value === undefined) return undefined;
  return {
    name,
    value,
    ...(number !== undefined && label !== undefined && { label }),
    ...(explanation !== undefined && { explanation }),
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
