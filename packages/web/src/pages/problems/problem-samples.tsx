import type { IngestProblem } from '../../api/types.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';

/** Advice for a problem, and the latest examples of it. */
export function ProblemSamples({ problem, nowMs }: { problem: IngestProblem; nowMs: number }) {
  return (
    <div className="max-w-4xl pt-1 pb-3">
      <p className="mb-2 text-ink-soft">{problem.advice}</p>
      {problem.project === null && (
        <p className="mb-2 text-ink-soft">
          The project of the request is not known, so this row appears in every project.
        </p>
      )}
      <ol className="flex flex-col gap-2" aria-label={`Latest examples of ${problem.reason}`}>
        {problem.samples.map((sample, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: examples have no ids, and hold no state.
          <li key={i} className="rounded-control bg-sunken px-3 py-2">
            <p className="wrap-anywhere">{sample.message}</p>
            <dl className="mt-1 flex flex-wrap gap-x-4 text-small text-ink-soft">
              <Fact name="Name" value={sample.name} />
              <Fact name="SDK" value={sample.sdk} />
              <Fact name="Sent by" value={sample.userAgent} />
              <Fact
                name="Received"
                value={formatInstant(parseTimestamp(sample.time)?.epochMs ?? 0, nowMs)}
                exact={sample.time}
              />
            </dl>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Fact({ name, value, exact }: { name: string; value: string | null; exact?: string }) {
  if (value === null) return null;
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt className="text-ink-faint">{name}</dt>
      <dd className="wrap-anywhere" title={exact}>
        {value}
      </dd>
    </div>
  );
}
