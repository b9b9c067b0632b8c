import { usePreference } from '../ui/preference.ts';

export type ReadingMode = 'rendered' | 'raw';

const isMode = (value: unknown): value is ReadingMode => value === 'rendered' || value === 'raw';

/** Whether texts are rendered or shown as they were received. The choice is saved as a preference. */
export function useReadingMode(): [ReadingMode, (mode: ReadingMode) => void] {
  return usePreference<ReadingMode>('reading-mode', 'rendered', isMode);
}

export function ReadingModeToggle() {
  const [mode, setMode] = useReadingMode();
  return (
    <fieldset className="flex overflow-hidden rounded-control border border-line text-small">
      <legend className="sr-only">Text display</legend>
      {(['rendered', 'raw'] as const).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={mode === name}
          className="h-5.5 px-2 text-ink-soft hover:bg-hover aria-pressed:bg-selected aria-pressed:text-ink"
          onClick={() => setMode(name)}
        >
          {name === 'rendered' ? 'Rendered' : 'Raw'}
        </button>
      ))}
    </fieldset>
  );
}
