/** The ids with one of them moved to a position, which is limited to the ends. */
export function withMoved(ids: readonly string[], id: string, to: number): readonly string[] {
  const rest = ids.filter((each) => each !== id);
  return rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, id);
}
