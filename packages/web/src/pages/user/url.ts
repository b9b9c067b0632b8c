import { parseTimeRange, printTimeRange } from '../../url/time-range.ts';

/** The state of the page of a user that its address holds. */
export interface UserView {
  readonly project?: string;
  /** The part of the activity that is shown, in ms since the epoch. Absent: all of it. */
  readonly range?: { readonly fromMs: number; readonly toMs: number };
}

export function parseUserView(search: Readonly<Record<string, string>>): UserView {
  const range = parseTimeRange(search);
  return {
    ...(search.project && { project: search.project }),
    ...(range.kind === 'between' && { range: { fromMs: range.fromMs, toMs: range.toMs } }),
  };
}

export function printUserView({ project, range }: UserView): Record<string, string> {
  return { ...(project && { project }), ...(range && printTimeRange({ kind: 'between', ...range })) };
}
