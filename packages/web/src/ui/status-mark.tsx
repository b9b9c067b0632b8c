import { CircleAlert, CircleDashed, TriangleAlert } from 'lucide-react';

/** Error, running, or fine. Colour and shape say the same. */
export function StatusMark({
  status,
  running = false,
  failures = 0,
}: {
  status: 'unset' | 'ok' | 'error';
  running?: boolean;
  /** Failed parts of something that came out well. */
  failures?: number;
}) {
  if (status === 'error')
    return <CircleAlert size={14} className="shrink-0 text-error" role="img" aria-label="error" />;
  if (running)
    return <CircleDashed size={14} className="shrink-0 text-accent" role="img" aria-label="running" />;
  if (failures > 0) {
    const said = `ok, but ${failures} ${failures === 1 ? 'span' : 'spans'} failed`;
    return (
      <span title={said} className="shrink-0 text-warning">
        <TriangleAlert size={14} role="img" aria-label={said} />
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
