import { CalendarClock, Check } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { parseLocalTime, printLocalTime } from '../format/timestamp.ts';
import { Dropdown } from '../ui/dropdown.tsx';
import { useTimeZone } from '../ui/use-time-zone.ts';
import { boundsOf, labelOf, RECENT, type Recent, type TimeRange } from '../url/time-range.ts';
import { TimeZoneSelect } from './time-zone-select.tsx';

export function TimeRangePicker({
  range,
  onChange,
}: {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}) {
  const [open, setOpen] = useState(false);
  const [choice] = useTimeZone();
  const choose = (next: TimeRange) => {
    setOpen(false);
    onChange(next);
  };
  return (
    <Dropdown
      label={`Time range: ${labelOf(range)}${choice === 'local' ? '' : `, ${choice}`}`}
      open={open}
      onOpenChange={setOpen}
      align="end"
      trigger={
        <>
          <CalendarClock size={13} aria-hidden /> {labelOf(range)}
          {choice !== 'local' && (
            <span className="text-small text-ink-faint">{choice.replaceAll('_', ' ')}</span>
          )}
        </>
      }
    >
      <div className="w-60">
        {(Object.keys(RECENT) as Recent[]).map((recent) => (
          <button
            key={recent}
            type="button"
            className="menu-row"
            onClick={() => choose({ kind: 'recent', recent })}
          >
            <Check
              size={13}
              className={range.kind === 'recent' && range.recent === recent ? 'text-accent' : 'invisible'}
              aria-hidden
            />
            {RECENT[recent].label}
          </button>
        ))}
        <CustomRange key={choice} range={range} onChange={choose} />
        <div className="mt-1 border-t border-line px-2 pt-2 pb-1">
          <TimeZoneSelect />
        </div>
      </div>
    </Dropdown>
  );
}

function CustomRange({ range, onChange }: { range: TimeRange; onChange: (range: TimeRange) => void }) {
  const [bounds] = useState(() => boundsOf(range, Date.now()));
  const [mistake, setMistake] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [fromMs, toMs] = [parseLocalTime(String(form.get('from'))), parseLocalTime(String(form.get('to')))];
    if (fromMs < toMs) onChange({ kind: 'between', fromMs, toMs });
    else if (Number.isNaN(fromMs) || Number.isNaN(toMs)) setMistake(`Write the times as ${FORMAT}.`);
    else setMistake('“From” must be before “To”.');
  };
  return (
    <form onSubmit={submit} className="mt-1 flex flex-col gap-1.5 border-t border-line px-2 pt-2 pb-1">
      {(['from', 'to'] as const).map((name) => (
        <label key={name} className="flex items-center justify-between gap-2 text-small text-ink-soft">
          {name === 'from' ? 'From' : 'To'}
          <input
            name={name}
            // A `datetime-local` input follows the browser's locale, which may use a 12-hour clock.
            type="text"
            placeholder={FORMAT}
            autoComplete="off"
            required
            className="field w-46 text-small"
            defaultValue={printLocalTime(name === 'from' ? bounds.fromMs : bounds.toMs)}
          />
        </label>
      ))}
      {mistake && (
        <p role="alert" className="text-small text-error">
          {mistake}
        </p>
      )}
      <button type="submit" className="control-primary justify-center">
        Apply
      </button>
    </form>
  );
}

const FORMAT = 'YYYY-MM-DD hh:mm:ss';
