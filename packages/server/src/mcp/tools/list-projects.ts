import { formatCount } from '@throughline/spans';
import { z } from 'zod';
import { listProjects } from '../../query/list-projects.ts';
import { defineTool } from '../tool.ts';
import { shortTime } from '../trace-line.ts';

const MAX_PROJECTS = 100;

export const listProjectsTool = defineTool({
  name: 'list_projects',
  title: 'List projects',
  description: 'Lists the projects that have traces, most recently active first.',
  input: z.object({}),
  async run(_input, { engine, signal }) {
    const { projects } = await listProjects(engine, signal);
    if (projects.length === 0) return 'There are no projects yet, because no spans have arrived.';
    const shown = projects.slice(0, MAX_PROJECTS);
    return [
      'project | spans | last span',
      ...shown.map(
        ({ name, spanCount, lastSpanAt }) => `${name} | ${formatCount(spanCount)} | ${shortTime(lastSpanAt)}`,
      ),
      ...(projects.length > shown.length ? [`… and ${projects.length - shown.length} more`] : []),
    ].join('\n');
  },
});
