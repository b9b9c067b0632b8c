import type { LiveState } from '../../api/live.ts';

interface LiveToggleProps {
  readonly live: boolean;
  readonly state: LiveState;
  readonly disabled: boolean;
  readonly onChange: (live: boolean) => void;
}

/** On: new traces come in by themselves while the reader is at the top. */
export function LiveToggle({ live, state, disabled, onChange }: LiveToggleProps) {
  const lost = state === 'lost';
  const explained = disabled
    ? 'This range of time has ended'
    : lost
      ? 'The connection is lost; trying again'
      : live
        ? 'New traces come in at the top'
        : 'New traces wait until you ask for them';
  return (
    <button
      type="button"
      className="control"
      aria-pressed={live && !disabled}
      disabled={disabled}
      title={`${explained}  l`}
      onClick={() => onChange(!live)}
    >
      <span
        aria-hidden
        className={`size-2 rounded-full ${lost ? 'bg-warning' : live && !disabled ? 'bg-ok' : 'border border-line-strong'}`}
      />
      {lost ? 'Reconnecting' : 'Live'}
    </button>
  );
}
