import { useCallback, useSyncExternalStore } from 'react';

const CHANGED = 'throughline-preference';

/** A setting of the user, stored as JSON in localStorage. Stored values that `accept` rejects are read as `fallback`. */
export function usePreference<Value>(
  name: string,
  fallback: Value,
  accept: (value: unknown) => value is Value,
): [Value, (value: Value) => void] {
  const key = `throughline.${name}`;
  const text = useSyncExternalStore(subscribe, () => read(key));
  const set = useCallback((value: Value) => write(key, value), [key]);
  return [decode(text, fallback, accept), set];
}

function decode<Value>(
  text: string | null,
  fallback: Value,
  accept: (value: unknown) => value is Value,
): Value {
  if (text === null) return fallback;
  try {
    const value: unknown = JSON.parse(text);
    return accept(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: unknown) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or blocked: the setting is not saved.
  }
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  window.addEventListener('storage', changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
    window.removeEventListener('storage', changed);
  };
}

export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isText = (value: unknown): value is string => typeof value === 'string';
