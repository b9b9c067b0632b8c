/** Converts any received value to JSON; never throws. `indent` is the number of spaces per level. */
export function toJson(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent) ?? String(value);
  } catch {
    // All values come from parsed JSON, so only a stack overflow can cause this.
    return '(nested too deeply to show)';
  }
}
