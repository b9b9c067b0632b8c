/** Everything that defines what the page shows, apart from the two traces in its path. */
export interface CompareView {
  readonly project?: string;
  /** Index of the selected step. */
  readonly step?: number;
}

export function parseCompareView(search: Readonly<Record<string, string>>): CompareView {
  return {
    ...(search.project && { project: search.project }),
    ...(/^\d{1,6}$/.test(search.step ?? '') && { step: Number(search.step) }),
  };
}

export function printCompareView({ project, step }: CompareView): Record<string, string> {
  return { ...(project && { project }), ...(step !== undefined && { step: String(step) }) };
}
