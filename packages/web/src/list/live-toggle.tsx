import type { LiveState } from '../api/live.ts';

interface LiveToggleProps {
  readonly live: boolean;
  readonly state: LiveState;
  readonly disabled: boolean;
  /** Several rows of the list, in lower case. */
  readonly noun: string;
  readonly onChange: (live: boolean) => void;
}

/** Turns live updates on and off. If on, new rows are shown at once while the list is scrolled to its top. */
export function LiveToggle({ live, state, disabled, noun, onChange }: LiveToggleProps) {
  const lost = state === 'lost';
  const tooltip = disabled
    ? 'Live updates need a time range that ends now'
    : lost
      ? 'The connection was lost; reconnecting'
      : live
        ? `New ${noun} are added at the top`
        : `Click to add new ${noun} automatically`;
  return (
    <button
      type="button"
      className="control"
      aria-pressed={live && !disabled}
      disabled={disabled}
      title={`${tooltip}  l`}
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
