import { useQuery } from '@tanstack/react-query';
import { CatchBoundary } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { type ReactNode, type Ref, useContext, useDeferredValue, useMemo } from 'react';
import { spanQuery } from '../../../api/queries.ts';
import type { SpanDetail, SpanSummary } from '../../../api/types.ts';
import { callBefore } from '../../../content/conversation/call-before.ts';
import { TraceContext } from '../../../content/conversation/tool-span-link.tsx';
import { toJson } from '../../../content/to-json.ts';
import { FilterLink } from '../../../filter/filter-link.tsx';
import { visibleName } from '../../../format/visible-name.ts';
import type { KnownScore } from '../../../scores/own-scores.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { KindIcon } from '../../../ui/kind-icon.tsx';
import { KINDS } from '../../../ui/kinds.ts';
import { ProblemView } from '../../../ui/problem-view.tsx';
import type { ShownOpen } from '../../../waterfall/running.ts';
import { type CopyChoice, CopyMenu } from '../copy/copy-menu.tsx';
import { curlOf, spanMarkdown, spanPath } from '../copy/copy-texts.ts';
import { AttributesTable } from './attributes-table.tsx';
import { SpanFigures } from './span-figures.tsx';
import { EmbeddingTab, InputOutputTab, ToolTab } from './tabs/content-tabs.tsx';
import { ContextTab } from './tabs/context-tab.tsx';
import { DocumentsTab } from './tabs/documents-tab.tsx';
import { EventsTab } from './tabs/events-tab.tsx';
import { MessagesTab } from './tabs/messages-tab.tsx';
import { ParametersTab } from './tabs/parameters-tab.tsx';
import { RawTab } from './tabs/raw-tab.tsx';
import { ScoresTab } from './tabs/scores-tab.tsx';
import { chooseTab, type TabId, tabsOf } from './tabs/tabs.ts';
import { UsageTab } from './tabs/usage-tab.tsx';
import { UsedDocuments } from './tabs/used-documents.tsx';

interface DetailPaneProps {
  readonly traceId: string;
  readonly project: string | undefined;
  readonly span: SpanSummary;
  /** The span's share of the trace's duration, from 0 to 1. */
  readonly share: number | null;
  /** How long the span has been open; null once it has ended. */
  readonly open: ShownOpen | null;
  readonly usedDocuments: number | undefined;
  /** Scores by span id. Those of the trace have the key null. */
  readonly scores: ReadonlyMap<string | null, readonly KnownScore[]>;
  /** Undefined if no score can be added; the tab of scores is then left out. */
  readonly onScore: ((target: 'span' | 'trace') => void) | undefined;
  readonly tab: string | undefined;
  readonly onTab: (tab: string) => void;
  readonly ref?: Ref<HTMLElement>;
}

/** The details of one span. Its figures are shown at once; its content appears when it is loaded. */
export function DetailPane(props: DetailPaneProps) {
  const { traceId, project, span, tab, onTab, ref, scores, onScore } = props;
  const { data, error, refetch } = useQuery(spanQuery(traceId, span.spanId, project));
  useCallBefore(span, project);
  // Rendering a long conversation must not delay the selection in the tree. Until it is rendered, the content of the
  // previous span must not stand below the name of this one.
  const rendered = useDeferredValue(data);
  const shown = rendered?.spanId === span.spanId ? rendered : undefined;
  return (
    <section
      ref={ref}
      aria-label="Span"
      tabIndex={-1}
      data-own-keys
      className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
    >
      <header className="shrink-0 px-3 pt-2 pb-1.5">
        <div className="flex items-center gap-1.5">
          <KindIcon kind={span.kind} size={15} />
          <h2 className="min-w-0 truncate text-read font-semibold" title={span.name}>
            {visibleName(span.name) || '(no name)'}
          </h2>
          <span className="shrink-0 text-small text-ink-faint">{KINDS[span.kind].label}</span>
          <span className="ml-auto flex shrink-0">
            <CopyButton text={span.spanId} label={`Copy the span id ${span.spanId}`}>
              <span className="text-small">id</span>
            </CopyButton>
            {data && <CopyMenu label="Copy the span as" choices={copyChoices(data, project)} />}
          </span>
        </div>
        <SpanFigures span={span} share={props.share} open={props.open} usedDocuments={props.usedDocuments} />
        {span.status === 'error' && <ErrorLine span={span} />}
      </header>
      {error && !data ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : shown ? (
        <DetailTabs
          span={shown}
          project={project}
          scores={scores}
          onScore={onScore}
          tab={tab}
          onTab={onTab}
        />
      ) : (
        <DetailSkeleton />
      )}
    </section>
  );
}

function copyChoices(span: SpanDetail, project: string | undefined): CopyChoice[] {
  return [
    { label: 'curl', text: () => curlOf(location.origin, spanPath(span.traceId, span.spanId), project) },
    { label: 'JSON', text: () => toJson(span, 2) },
    { label: 'Markdown', text: () => spanMarkdown(span, location.href) },
  ];
}

/** Loads the previous model call together with a model call, whose messages are compared with it. */
function useCallBefore(span: SpanSummary, project: string | undefined) {
  const trace = useContext(TraceContext);
  const before = useMemo(
    () => (trace && span.kind === 'llm' ? callBefore(trace.spans, span) : undefined),
    [trace, span],
  );
  useQuery({ ...spanQuery(trace?.traceId ?? '', before ?? '', project), enabled: before !== undefined });
}

function ErrorLine({ span }: { span: SpanSummary }) {
  return (
    <p className="mt-1.5 rounded-control bg-error-wash px-2 py-1 text-error wrap-anywhere">
      {span.errorType && (
        <b className="font-medium">
          <FilterLink subject="error" value={span.errorType}>
            {span.statusMessage ? `${span.errorType}:` : span.errorType}
          </FilterLink>
        </b>
      )}{' '}
      {span.statusMessage ?? (span.errorType ? '' : 'The span failed and has no error message.')}
    </p>
  );
}

interface DetailTabsProps extends Pick<DetailPaneProps, 'project' | 'scores' | 'onScore'> {
  readonly span: SpanDetail;
  readonly tab: string | undefined;
  readonly onTab: (tab: string) => void;
}

function DetailTabs({ span, project, scores, onScore, tab, onTab }: DetailTabsProps) {
  const ofSpan = scores.get(span.spanId) ?? [];
  const counts: Partial<Record<TabId, number>> = { events: span.events.length, scores: ofSpan.length };
  const tabs = tabsOf(span).filter(({ id }) => onScore !== undefined || id !== 'scores');
  const chosen = chooseTab(tabs, tab);
  return (
    <Tabs.Root value={chosen} onValueChange={onTab} className="flex min-h-0 flex-1 flex-col">
      <Tabs.List
        aria-label="Span details"
        className="tab-strip flex shrink-0 gap-0.5 overflow-x-auto border-b border-line px-2 [scrollbar-width:none]"
      >
        {tabs.map(({ id, label }) => (
          <Tabs.Trigger
            key={id}
            value={id}
            className="-mb-px shrink-0 border-b-2 border-transparent px-1.5 py-1 text-small text-ink-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {label}
            {Boolean(counts[id]) && <span className="text-ink-faint"> {counts[id]}</span>}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content
        key={`${span.spanId} ${chosen}`}
        value={chosen}
        className="min-h-0 flex-1 overflow-y-auto px-3 py-3"
      >
        <CatchBoundary
          getResetKey={() => `${span.spanId} ${chosen}`}
          errorComponent={({ error, reset }) => <ProblemView error={error} onRetry={reset} />}
        >
          {chosen === 'scores' && onScore ? (
            <ScoresTab ofSpan={ofSpan} ofTrace={scores.get(null) ?? []} onScore={onScore} />
          ) : (
            renderTab(chosen as Exclude<TabId, 'scores'>, span, project)
          )}
        </CatchBoundary>
      </Tabs.Content>
    </Tabs.Root>
  );
}

function renderTab(tab: Exclude<TabId, 'scores'>, span: SpanDetail, project: string | undefined): ReactNode {
  const views: Readonly<Record<typeof tab, () => ReactNode>> = {
    messages: () => <MessagesTab span={span} />,
    documents: () => <DocumentsTab span={span} />,
    embedding: () => <EmbeddingTab span={span} />,
    tool: () => <ToolTab span={span} />,
    used: () => <UsedDocuments marks={span.usedDocuments ?? []} />,
    io: () => <InputOutputTab span={span} />,
    usage: () => <UsageTab span={span} />,
    parameters: () => <ParametersTab span={span} />,
    attributes: () => (
      <AttributesTable
        attributes={span.attributes}
        dropped={span.droppedAttributesCount}
        filters="attribute"
        searchable
      />
    ),
    events: () => <EventsTab span={span} />,
    context: () => <ContextTab span={span} />,
    raw: () => <RawTab span={span} project={project} />,
  };
  return views[tab]();
}

function DetailSkeleton() {
  return (
    <div className="appear-late flex flex-col gap-3 px-3 py-3" role="status" aria-label="Loading the span">
      <span className="skeleton h-4 w-56" />
      <span className="skeleton h-3 w-full" />
      <span className="skeleton h-3 w-5/6" />
      <span className="skeleton h-3 w-2/3" />
    </div>
  );
}
