import { record, word } from '../../core/json.ts';

const TYPES = new Map([
  ['text', 'text'],
  ['json_object', 'json'],
  ['json_schema', 'json'],
]);

/** Value of `gen_ai.output.type` for the requested response format. */
export function outputType(format: unknown): string | undefined {
  return TYPES.get(word(record(format).type));
}
