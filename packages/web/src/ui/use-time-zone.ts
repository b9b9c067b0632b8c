import { useCallback } from 'react';
import { isTimeZone, setShownTimeZone, type TimeZoneChoice } from '../format/time-zone.ts';
import { usePreference } from './preference.ts';

/** The zone of all times, which the browser remembers. The frame renders the page again when it changes. */
export function useTimeZone(): [TimeZoneChoice, (choice: TimeZoneChoice) => void] {
  const [choice, setChoice] = usePreference<TimeZoneChoice>('time-zone', 'local', isTimeZone);
  // Set while rendering, before any part of the page formats a time.
  setShownTimeZone(choice);
  const choose = useCallback((next: TimeZoneChoice) => setChoice(next), [setChoice]);
  return [choice, choose];
}
