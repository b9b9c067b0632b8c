import { useTimeZone } from '../ui/use-time-zone.ts';

const LOCAL = Intl.DateTimeFormat().resolvedOptions().timeZone;
const NAMES: readonly string[] = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC');

/** Chooses the zone of all times on the page. */
export function TimeZoneSelect() {
  const [choice, choose] = useTimeZone();
  return (
    <label className="flex items-center gap-2 text-small whitespace-nowrap text-ink-soft">
      Time zone
      <select
        className="field min-w-0 flex-1 text-small"
        value={choice}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="local">Local ({LOCAL})</option>
        <option value="UTC">UTC</option>
        {/* Browsers know further names of some zones, which they do not list. */}
        {choice !== 'local' && choice !== 'UTC' && !NAMES.includes(choice) && (
          <option value={choice}>{choice}</option>
        )}
        <optgroup label="All zones">
          {NAMES.map((name) => (
            <option key={name} value={name}>
              {name.replaceAll('_', ' ')}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
