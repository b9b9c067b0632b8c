import { type AgentIteration, type AgentRun, agentRuns, formatCount } from '@throughline/spans';
import { useMemo } from 'react';
import type { SpanSummary } from '../../api/types.ts';
import { countOf, showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { visibleName } from '../../format/visible-name.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Value } from '../../ui/value.tsx';
import type { TraceLayout } from '../../waterfall/layout.ts';

interface AgentRunsProps {
  readonly layout: TraceLayout;
  /** Index of the selected span. */
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}

/** The agents of a trace, each with its iterations: which tools they used, and what they took in time, tokens and cost. */
export function AgentRuns({ layout, selected, onSelect }: AgentRunsProps) {
  const runs = useMemo(() => agentRuns(layout), [layout]);
  return (
    <section
      aria-label="Agent runs"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls here
      tabIndex={0}
      data-own-keys
      className="min-h-0 flex-1 overflow-auto pb-8"
    >
      {runs.length === 0 && (
        <p className="p-3 text-ink-soft">
          This trace has no model calls, so there are no iterations to show.
        </p>
      )}
      {runs.map((run) => (
        <RunTable key={run.agent} run={run} layout={layout} selected={selected} onSelect={onSelect} />
      ))}
    </section>
  );
}

interface RunTableProps extends AgentRunsProps {
  readonly run: AgentRun;
}

function RunTable({ run, layout, selected, onSelect }: RunTableProps) {
  const { agent, iterations } = run;
  const span = layout.spans[agent] as SpanSummary;
  const longestMs = Math.max(...iterations.map(({ durationMs }) => durationMs));
  const mostTokens = Math.max(...iterations.map(({ inputTokens }) => inputTokens ?? 0));
  const at = iterations.findLastIndex(({ call }) => call <= selected && isInside(layout, agent, selected));
  return (
    <table className="w-full border-collapse text-left">
      <caption className="border-b border-line-strong px-3 pt-3 pb-1 text-left">
        <button
          type="button"
          className="flex max-w-full min-w-0 items-center gap-1.5 hover:text-accent"
          onClick={() => onSelect(agent)}
        >
          <KindIcon kind={span.kind} />
          <span className="truncate font-semibold" title={span.name}>
            {visibleName(span.name) || '(no name)'}
          </span>
          <span className="shrink-0 text-small text-ink-soft">{summaryOf(run, span)}</span>
        </button>
      </caption>
      <thead className="text-small text-ink-faint">
        <tr className="h-7">
          <th scope="col" className="w-10 pl-3 font-normal">
            #
          </th>
          <th
            scope="col"
            className="w-1/4 min-w-16 px-2 font-normal"
            title="The darker part is the model call"
          >
            Time
          </th>
          <th scope="col" className="w-2/5 px-2 font-normal">
            Tools
          </th>
          <th scope="col" className="px-2 text-right font-normal" title="Input tokens → output tokens">
            Tokens
          </th>
          <th scope="col" className="px-2 pr-3 text-right font-normal">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {iterations.map((iteration, k) => (
          <IterationRow
            key={iteration.call}
            number={k + 1}
            iteration={iteration}
            longestMs={longestMs}
            mostTokens={mostTokens}
            selected={k === at}
            onSelect={onSelect}
          />
        ))}
      </tbody>
    </table>
  );
}

/** `12 iterations, 48.2 s, $0.310` */
function summaryOf({ iterations }: AgentRun, span: SpanSummary): string {
  const cost = iterations.reduce<number | null>((sum, each) => sumOf(sum, each.costUsd), null);
  const unpricedCalls = iterations.reduce((sum, each) => sum + each.unpricedCalls, 0);
  return [
    countOf(iterations.length, 'iteration'),
    ...(span.durationMs === null ? [] : [showDuration(span.durationMs).text]),
    ...(cost === null ? [] : [showCost(cost, { unpricedCalls }).text]),
  ].join(', ');
}

interface IterationRowProps {
  readonly number: number;
  readonly iteration: AgentIteration;
  readonly longestMs: number;
  readonly mostTokens: number;
  readonly selected: boolean;
  readonly onSelect: (index: number) => void;
}

function IterationRow({ number, iteration, longestMs, mostTokens, selected, onSelect }: IterationRowProps) {
  const { call, durationMs, modelMs, tools, inputTokens, outputTokens, costUsd, errors } = iteration;
  const share = (part: number, of: number) => `${of > 0 ? (part / of) * 100 : 0}%`;
  return (
    <tr
      aria-current={selected || undefined}
      className="h-8 border-t border-line/60 hover:bg-hover aria-current:bg-selected"
      onClick={() => onSelect(call)}
    >
      <td className="pl-3">
        <button type="button" className="hover:text-accent" aria-label={`Select iteration ${number}`}>
          {formatCount(number)}
        </button>
      </td>
      <td className="relative px-2 whitespace-nowrap">
        <span
          className="absolute inset-y-1.5 left-0 rounded-sm bg-bar"
          style={{ width: share(durationMs, longestMs) }}
          aria-hidden
        >
          <span
            className="absolute inset-y-0 left-0 rounded-sm bg-kind-llm/35"
            style={{ width: share(modelMs, durationMs) }}
          />
        </span>
        <span
          className="relative [&_.text-ink-faint]:text-ink-soft"
          title={`${showDuration(modelMs).text} in the model`}
        >
          <Value shown={showDuration(durationMs)} />
        </span>
      </td>
      <td className="max-w-0 min-w-20 px-2">
        <span className="flex min-w-0 gap-2 overflow-hidden text-small">
          {tools.map((tool) => (
            <button
              key={tool.name}
              type="button"
              className={`max-w-48 min-w-8 truncate hover:underline ${tool.failed > 0 ? 'text-warning' : 'text-ink-soft'}`}
              title={tool.failed > 0 ? `${tool.name}: ${formatCount(tool.failed)} failed` : tool.name}
              onClick={(event) => {
                event.stopPropagation();
                onSelect(tool.first);
              }}
            >
              {visibleName(tool.name)}
              {tool.count > 1 && ` ×${formatCount(tool.count)}`}
            </button>
          ))}
          {errors > 0 && tools.every(({ failed }) => failed === 0) && (
            <span className="shrink-0 text-warning">{countOf(errors, 'failed step')}</span>
          )}
        </span>
      </td>
      <td className="relative px-2 text-right whitespace-nowrap">
        <span
          className="absolute inset-y-1.5 right-0 rounded-sm bg-bar"
          style={{ width: share(inputTokens ?? 0, mostTokens) }}
          aria-hidden
        />
        <span className="relative">
          <Value shown={showCount(inputTokens)} />
          <span className="text-ink-soft"> → </span>
          <Value shown={showCount(outputTokens)} />
        </span>
      </td>
      <td className="px-2 pr-3 text-right whitespace-nowrap">
        <Value shown={showCost(costUsd, iteration)} />
      </td>
    </tr>
  );
}

function isInside({ end }: TraceLayout, agent: number, index: number): boolean {
  return index > agent && index < (end[agent] as number);
}
