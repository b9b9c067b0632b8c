import { toJson } from '../../../content/to-json.ts';

/** A value as one text: strings as they are, the rest as JSON. */
export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : toJson(value);
}
