import type { FilterProblem } from '@throughline/spans';
import { QueryError } from '../clickhouse/query-error.ts';
import { ERRORS, ThroughlineError } from '../errors/errors.ts';
import { WhenError } from './when.ts';

/** A filter that cannot be parsed. The message shows the position and, if there is one, a corrected filter. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  constructor(text: string, problem: FilterProblem) {
    super(describeProblem(text, problem));
  }
}

/** Characters before and after the error that are shown. */
const AROUND = 60;

function describeProblem(text: string, { position, length, message, suggestion }: FilterProblem): string {
  const from = Math.max(0, position - AROUND);
  const shown = text.slice(from, position + length + AROUND).replaceAll(/\s/g, ' ');
  const lines = [
    `The filter is not valid at position ${position}: ${message}`,
    shown,
    `${' '.repeat(position - from)}${'^'.repeat(Math.max(1, Math.min(length, AROUND)))}`,
  ];
  if (suggestion !== undefined)
    lines.push(`Try: ${text.slice(0, position)}${suggestion}${text.slice(position + length)}`);
  return lines.join('\n');
}

/** Explains an error to an agent: what is wrong and how to continue. Undefined for a defect of the server. */
export function explainError(error: unknown): string | undefined {
  if (error instanceof FilterError || error instanceof WhenError) return error.message;
  if (error instanceof ThroughlineError) return `${error.message} ${ERRORS[error.code].advice}`;
  if (!(error instanceof QueryError)) return undefined;
  switch (error.reason) {
    case 'timeout':
    case 'memory':
    case 'too-many-rows':
      return `${error.message} ${ERRORS['query-too-large'].advice} Setting from and to helps most.`;
    case 'busy':
    case 'unavailable':
    case 'closed':
      return `${error.message} Try again in a few seconds.`;
    default:
      return undefined;
  }
}
