import { ListPage } from '../../list/list-page.tsx';
import { FirstRun } from '../first-run/first-run.tsx';
import { KindChoices } from './kind-choices.tsx';
import { SPAN_LIST } from './span-list.tsx';

/** All spans of a project, outside their traces. */
export function SpansPage() {
  return (
    <ListPage
      spec={SPAN_LIST}
      firstRun={(project) => <FirstRun project={project} />}
      above={(parts) => <KindChoices {...parts} />}
    />
  );
}
