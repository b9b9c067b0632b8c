/**
 * Whole seconds between the two, by chance, so that those who were refused together do not come again together.
 *
 * What exporters make of them: OpenTelemetry's have ten seconds for an export with all its attempts. The one for HTTP in
 * JavaScript drops it at once where the wait does not fit into what is left.
 */
export function retryAfterSeconds(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}
