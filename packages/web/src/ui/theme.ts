import { useCallback, useSyncExternalStore } from 'react';
import { usePreference } from './preference.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const isTheme = (value: unknown): value is Theme => THEMES.includes(value as Theme);

/** The theme that the user chose. `theme-boot.js` applies the same preference before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = usePreference<Theme>('theme', 'system', isTheme);
  const choose = useCallback(
    (next: Theme) => {
      if (next === 'system') delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = next;
      setTheme(next);
    },
    [setTheme],
  );
  return [theme, choose];
}

/** Whether the dark colours are in use, by choice of the user or of the system. */
export function useIsDark(): boolean {
  const [theme] = useTheme();
  const system = useSyncExternalStore(
    (changed) => {
      const query = matchMedia('(prefers-color-scheme: dark)');
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => matchMedia('(prefers-color-scheme: dark)').matches,
  );
  return theme === 'system' ? system : theme === 'dark';
}
