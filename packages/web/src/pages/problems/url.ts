/** Everything that defines what the page of data problems shows. */
export interface ProblemsView {
  /** If absent, the project that was shown last. */
  readonly project?: string;
  /** Keys (see `problemKey`) of the problems whose examples are open. */
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

/** The search parameters of a view, without defaults. */
export function printProblemsView({ project, open }: ProblemsView): Record<string, string> {
  return {
    ...(project && { project }),
    ...(open.length > 0 && { open: open.join('~') }),
  };
}

/** Identifies a problem within a project: `traces:invalid-trace-id`, with `:all` if its project is not known. */
export function problemKey(problem: {
  readonly project: string | null;
  readonly signal: string;
  readonly reason: string;
}): string {
  return `${problem.signal}:${problem.reason}${problem.project === null ? ':all' : ''}`;
}
