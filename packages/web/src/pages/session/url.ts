/** The state of the page of a session that its address holds. */
export interface SessionView {
  readonly project?: string;
  readonly sort: 'startTime' | '-startTime';
}

export function parseSessionView(search: Readonly<Record<string, string>>): SessionView {
  return {
    ...(search.project && { project: search.project }),
    sort: search.sort === '-startTime' ? '-startTime' : 'startTime',
  };
}

export function printSessionView({ project, sort }: SessionView): Record<string, string> {
  return { ...(project && { project }), ...(sort === '-startTime' && { sort }) };
}
