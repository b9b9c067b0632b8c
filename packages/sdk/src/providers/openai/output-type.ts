import { record, word } from '../json.ts';

const TYPES = new Map([
  ['text', 'text'],
  ['json_object', 'json'],
  ['json_schema', 'json'],
]);

/** `gen_ai.output.type`, by the format that an answer was asked for in. */
export function outputType(format: unknown): string | undefined {
  return TYPES.get(word(record(format).type));
}
