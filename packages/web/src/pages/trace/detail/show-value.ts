import { toJson } from '../../../content/to-json.ts';

/** A value as text: strings unchanged, anything else as JSON. */
export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : toJson(value);
}
