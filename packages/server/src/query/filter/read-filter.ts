import { type Filter, type ParseFilterOptions, parseFilter } from '@throughline/spans';
import { ThroughlineError } from '../../errors/errors.ts';

/**
 * The filter in a request's `q`.
 *
 * @throws ThroughlineError invalid-filter: says at which character, and what would be understood there
 */
export function readFilter(text: string | undefined, options?: ParseFilterOptions): Filter {
  const parsed = parseFilter(text ?? '', options);
  if (parsed.ok) return parsed.filter;
  const { position, message } = parsed.problem;
  throw new ThroughlineError('invalid-filter', `q, at position ${position}: ${message}`);
}
