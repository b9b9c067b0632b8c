import { type Filter, type ParseFilterOptions, parseFilter } from '@throughline/spans';
import { ThroughlineError } from '../../errors/errors.ts';

/**
 * Parses the filter in `q` of a request.
 *
 * @throws ThroughlineError invalid-filter with the position and the expected syntax
 */
export function readFilter(text: string | undefined, options?: ParseFilterOptions): Filter {
  const parsed = parseFilter(text ?? '', options);
  if (parsed.ok) return parsed.filter;
  const { position, message } = parsed.problem;
  throw new ThroughlineError('invalid-filter', `q, at position ${position}: ${message}`);
}
