import { ChevronRight } from 'lucide-react';
import type { IngestProblem } from '../../api/types.ts';
import { showCount } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { Value } from '../../ui/value.tsx';
import { ProblemSamples } from './problem-samples.tsx';
import { problemKey } from './url.ts';

interface ProblemTableProps {
  readonly problems: readonly IngestProblem[];
  /** Keys (see `problemKey`) of the open rows. */
  readonly open: readonly string[];
  readonly onToggle: (key: string) => void;
  readonly nowMs: number;
}

/** A table with one row per reason. Each row opens to show the latest examples. */
export function ProblemTable({ problems, open, onToggle, nowMs }: ProblemTableProps) {
  return (
    <table className="w-full border-collapse text-left">
      <caption className="sr-only">Rejected and doubtful data by reason</caption>
      <thead className="border-b border-line text-small text-ink-faint">
        <tr className="h-7.75">
          <th className="px-3 font-normal">Reason</th>
          <th className="hidden px-2 font-normal sm:table-cell">Signal</th>
          <th className="px-2 text-right font-normal">Count</th>
          <th className="hidden px-2 text-right font-normal md:table-cell">First</th>
          <th className="px-3 text-right font-normal">Last</th>
        </tr>
      </thead>
      {problems.map((problem) => {
        const key = problemKey(problem);
        return (
          <ProblemRows
            key={key}
            id={key}
            problem={problem}
            open={open.includes(key)}
            onToggle={() => onToggle(key)}
            nowMs={nowMs}
          />
        );
      })}
    </table>
  );
}

interface ProblemRowsProps {
  readonly id: string;
  readonly problem: IngestProblem;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly nowMs: number;
}

function ProblemRows({ id, problem, open, onToggle, nowMs }: ProblemRowsProps) {
  const { title, counts, stored } = problem;
  return (
    <tbody className="border-b border-line/60" data-problem={id}>
      <tr className="hover:bg-hover">
        <th scope="row" className="px-3 py-1 font-normal">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={`samples-${id}`}
            onClick={onToggle}
            className="flex w-full items-center gap-2 py-0.5 text-left"
          >
            <ChevronRight
              size={13}
              className={`shrink-0 text-ink-faint ${open ? 'rotate-90' : ''}`}
              aria-hidden
            />
            <span className="min-w-0">
              <span className="font-medium">{title}</span>{' '}
              <span className="font-mono text-small wrap-anywhere text-ink-faint">{problem.reason}</span>
              {stored && <span className="text-small text-ink-faint"> · stored</span>}
            </span>
          </button>
        </th>
        <td className="hidden px-2 text-ink-soft sm:table-cell">{problem.signal}</td>
        <td className="px-2 text-right whitespace-nowrap">
          <Value shown={showCount(problem.count)} />{' '}
          <span className="text-ink-faint">{problem.count === 1 ? counts.slice(0, -1) : counts}</span>
        </td>
        <td className="hidden px-2 text-right whitespace-nowrap text-ink-soft md:table-cell">
          <Time text={problem.firstTime} nowMs={nowMs} />
        </td>
        <td className="px-3 text-right whitespace-nowrap text-ink-soft">
          <Time text={problem.lastTime} nowMs={nowMs} />
        </td>
      </tr>
      <tr id={`samples-${id}`} hidden={!open}>
        <td colSpan={5} className="px-3 pl-8">
          {open && <ProblemSamples problem={problem} nowMs={nowMs} />}
        </td>
      </tr>
    </tbody>
  );
}

function Time({ text, nowMs }: { text: string; nowMs: number }) {
  const instant = parseTimestamp(text);
  return (
    <time dateTime={text} title={text}>
      {instant ? formatInstant(instant.epochMs, nowMs) : text}
    </time>
  );
}
