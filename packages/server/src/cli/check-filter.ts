import { type ParseFilterOptions, parseFilter } from '@throughline/spans';
import { CliError } from './api-client.ts';

/**
 * Checks a filter before it is sent. The error shows the faulty characters:
 *
 *     kind:llm modle:gpt-4o
 *              ^^^^^
 *     There is no field "modle". Did you mean model? …
 *
 * @throws CliError if the filter cannot be understood
 */
export function checkFilter(filter: string | undefined, options?: ParseFilterOptions): void {
  const parsed = parseFilter(filter ?? '', options);
  if (parsed.ok) return;
  const { position, length, message } = parsed.problem;
  const text = (filter ?? '').replace(/\s/g, ' ');
  throw new CliError(`${text}\n${' '.repeat(position)}${'^'.repeat(Math.max(1, length))}\n${message}`, 2);
}
