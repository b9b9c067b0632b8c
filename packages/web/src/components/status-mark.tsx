import { CircleAlert, CircleDashed } from 'lucide-react';

/** Error, running, or fine. Colour and shape say the same. */
export function StatusMark({
  status,
  running = false,
}: {
  status: 'unset' | 'ok' | 'error';
  running?: boolean;
}) {
  if (status === 'error')
    return <CircleAlert size={14} className="shrink-0 text-error" role="img" aria-label="error" />;
  if (running)
    return <CircleDashed size={14} className="shrink-0 text-accent" role="img" aria-label="running" />;
  return (
    <span
      role="img"
      aria-label="ok"
      title="ok"
      className="mx-1 inline-block size-1.5 shrink-0 rounded-full bg-ok"
    />
  );
}
