/** Trace context over HTTP; filled in below. */
export function installHttpPropagation(_propagateContext: boolean): () => void {
  return () => {};
}
