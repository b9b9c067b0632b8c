import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

/** Search parameters as plain text: `?range=1h`. If a parameter is repeated, the last value counts. */
export type SearchRecord = Record<string, string>;

export function parseSearch(text: string): SearchRecord {
  return Object.fromEntries(new URLSearchParams(text));
}

export function printSearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (typeof value === 'string') params.set(name, value);
  // These characters are frequent in our values and are legal in a query without encoding.
  const text = params.toString().replaceAll('%7E', '~').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

export function useSearchRecord(): SearchRecord {
  return useSearch({ strict: false }) as SearchRecord;
}

/** Delay before a changed view is written to the URL. Holding a key changes the view thirty times a second. */
const SETTLE_MS = 150;

/** State that is kept in the URL: read from it, and written back (replacing the history entry) when changes pause. */
export function useUrlView<View>(
  parse: (search: SearchRecord) => View,
  print: (view: View) => SearchRecord,
): [View, (change: (view: View) => View) => void] {
  const search = useSearchRecord();
  const navigate = useNavigate();
  const [view, setView] = useState(() => parse(search));
  const inUrl = useRef(printSearch(search));

  useEffect(() => {
    const text = printSearch(search);
    if (text === inUrl.current) return;
    inUrl.current = text;
    setView(parse(search));
  }, [search, parse]);

  useEffect(() => {
    const next = print(view);
    const text = printSearch(next);
    if (text === inUrl.current) return;
    const timer = setTimeout(() => {
      inUrl.current = text;
      void navigate({ to: '.', search: next, replace: true, resetScroll: false });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [view, print, navigate]);

  return [view, setView];
}
