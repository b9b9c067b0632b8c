/** Everything that the page of problems shows by. */
export interface ProblemsView {
  /** Absent: the reader's last one. */
  readonly project?: string;
  /** Problems whose examples are open, by `problemKey`. */
  readonly open: readonly string[];
}

const MAX_OPEN = 100;

export function parseProblemsView(search: Readonly<Record<string, string>>): ProblemsView {
  const open = (search.open ?? '').split('~').filter(Boolean);
  return {
    ...(search.project && { project: search.project }),
    open: [...new Set(open)].slice(0, MAX_OPEN),
  };
}

/** Defaults are left out. */
export function printProblemsView({ project, open }: ProblemsView): Record<string, string> {
  return {
    ...(project && { project }),
    ...(open.length > 0 && { open: open.join('~') }),
  };
}

/** Names a problem among those of a project: `traces:invalid-trace-id`, with `:all` where no project is known. */
export function problemKey(problem: {
  readonly project: string | null;
  readonly signal: string;
  readonly reason: string;
}): string {
  return `${problem.signal}:${problem.reason}${problem.project === null ? ':all' : ''}`;
}
