import { useKeys } from '../../frame/keys.tsx';

const VIEWS = [
  { heat: '', label: 'List' },
  { heat: 'latency', label: 'Latency map' },
  { heat: 'cost', label: 'Cost map' },
] as const;

/** Switches between the list and the heat maps. */
export function ViewSwitch({
  heat,
  onChange,
}: {
  readonly heat: string;
  readonly onChange: (heat: string) => void;
}) {
  useKeys('Traces', [
    {
      keys: ['h'],
      label: 'List, latency map or cost map',
      run: () => {
        const at = VIEWS.findIndex((view) => view.heat === heat);
        onChange(VIEWS[(at + 1) % VIEWS.length]?.heat ?? '');
      },
    },
  ]);
  return (
    <fieldset className="flex items-center gap-0.5" title="Change the view  h">
      <legend className="sr-only">View</legend>
      {VIEWS.map((view) => (
        <button
          key={view.heat}
          type="button"
          className="control-quiet aria-pressed:bg-selected aria-pressed:text-ink"
          aria-pressed={view.heat === heat}
          onClick={() => onChange(view.heat)}
        >
          {view.label}
        </button>
      ))}
    </fieldset>
  );
}
