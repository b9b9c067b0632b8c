import { useQuery } from '@tanstack/react-query';
import { formatCount } from '@throughline/spans';
import { answerOf, api } from '../../api/client.ts';
import { tracesSummaryQuery } from '../../api/queries.ts';
import { timeZoneName } from '../../format/time-zone.ts';
import { ListPage } from '../../list/list-page.tsx';
import type { ListParts } from '../../list/list-screen.tsx';
import type { ListQuery } from '../../list/list-spec.ts';
import { rangeQuery } from '../../list/use-rows.ts';
import { printTimeRange } from '../../url/time-range.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { ExportMenu } from './export/export-menu.tsx';
import { HeatView } from './heat-view.tsx';
import { SummaryStrip } from './summary-strip.tsx';
import { TRACE_LIST } from './trace-list.tsx';
import { ViewSwitch } from './view-switch.tsx';

export function TracesPage() {
  return (
    <ListPage
      spec={TRACE_LIST}
      firstRun={(project) => <FirstRun project={project} />}
      above={(parts) => <Summary {...parts} />}
      controls={(parts) => <ExportMenu {...parts} />}
      instead={(parts) => (parts.view.heat ? <HeatView {...parts} /> : undefined)}
      count={countTraces}
    />
  );
}

const BUCKETS = 60;

function Summary({ view: { range, q, heat = '' }, project, show }: ListParts) {
  const { data } = useQuery(
    tracesSummaryQuery(
      JSON.stringify([project, printTimeRange(range), q, timeZoneName()]),
      () => ({ project, ...rangeQuery(range), ...(q !== '' && { q }), timeZone: timeZoneName() }),
      BUCKETS,
    ),
  );
  return (
    <SummaryStrip
      summary={data}
      onZoom={(fromMs, toMs) => show({ range: { kind: 'between', fromMs, toMs }, box: '' })}
      controls={<ViewSwitch heat={heat} onChange={(next) => show({ heat: next, box: '' })} />}
    />
  );
}

async function countTraces({ project, from, to, q }: ListQuery, signal: AbortSignal) {
  const query = { project, from, buckets: 1, ...(to !== undefined && { to }), ...(q !== undefined && { q }) };
  const { traces } = await answerOf(api.GET('/api/v1/traces/summary', { params: { query }, signal }));
  return { count: traces, text: `${formatCount(traces)} ${traces === 1 ? 'trace' : 'traces'}` };
}
