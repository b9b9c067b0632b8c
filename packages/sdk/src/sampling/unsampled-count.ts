/** Counts unsampled traces and spans by feature until they are reported. */
export class UnsampledCount {
  readonly #byFeature = new Map<string, { traces: number; spans: number }>();
  traces = 0;
  spans = 0;

  add(feature: string | undefined, isRoot: boolean): void {
    this.spans++;
    if (isRoot) this.traces++;
    const key = feature ?? '';
    let count = this.#byFeature.get(key);
    if (count === undefined) {
      // Bounds memory if an application uses a new or a very long feature name for each request.
      const isKept = this.#byFeature.size < MAX_FEATURES && key.length <= MAX_FEATURE_LENGTH;
      const known = isKept ? key : OTHER_FEATURES;
      count = this.#byFeature.get(known) ?? { traces: 0, spans: 0 };
      this.#byFeature.set(known, count);
    }
    count.spans++;
    if (isRoot) count.traces++;
  }

  /** Returns the counts by feature since the last call. The key is an empty string if no feature was set. */
  take(): ReadonlyMap<string, { readonly traces: number; readonly spans: number }> {
    const taken = new Map(this.#byFeature);
    this.#byFeature.clear();
    return taken;
  }
}

const MAX_FEATURES = 200;
const MAX_FEATURE_LENGTH = 500;
const OTHER_FEATURES = '(other)';
