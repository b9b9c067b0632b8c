/** JSON of any value that arrived; never throws. `indent`: spaces of one level. */
export function toJson(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent) ?? String(value);
  } catch {
    // Values come out of JSON, so the only reason left is depth.
    return '(nested too deeply to be shown)';
  }
}
