import { CircleAlert, CircleDashed, TriangleAlert } from 'lucide-react';
import { countOf } from '../format/numbers.ts';

/** Icon for a status: error, running, ok with failed spans, or ok. Each differs in both shape and colour. */
export function StatusMark({
  status,
  running = false,
  failures = 0,
}: {
  status: 'unset' | 'ok' | 'error';
  running?: boolean;
  /** Number of failed spans in a trace that is ok as a whole. */
  failures?: number;
}) {
  if (status === 'error')
    return <CircleAlert size={14} className="shrink-0 text-error" role="img" aria-label="error" />;
  if (running)
    return <CircleDashed size={14} className="shrink-0 text-accent" role="img" aria-label="running" />;
  if (failures > 0) {
    const label = `ok, but ${countOf(failures, 'span')} failed`;
    return (
      <span title={label} className="shrink-0 text-warning">
        <TriangleAlert size={14} role="img" aria-label={label} />
      </span>
    );
  }
  return (
    <span
      role="img"
      aria-label="ok"
      title="ok"
      className="mx-1 inline-block size-1.5 shrink-0 rounded-full bg-ok"
    />
  );
}
