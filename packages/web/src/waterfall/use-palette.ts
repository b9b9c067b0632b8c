import type { SpanKind } from '@throughline/spans';
import { useMemo } from 'react';
import { KINDS } from '../ui/kinds.ts';
import { useIsDark } from '../ui/theme.ts';
import type { Palette } from './draw.ts';

/** The theme's colours as a canvas takes them. Tokens hold `light-dark()`, which only an element resolves. */
export function usePalette(): Palette {
  const dark = useIsDark();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same tokens mean other colours in the dark.
  return useMemo(() => readPalette(), [dark]);
}

function readPalette(): Palette {
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolve = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const kinds = Object.fromEntries(
    Object.entries(KINDS).map(([kind, { token }]) => [kind, resolve(token)]),
  ) as Record<SpanKind, string>;
  const palette = {
    kinds,
    line: resolve('--color-line'),
    error: resolve('--color-error'),
    accent: resolve('--color-accent'),
    page: resolve('--color-page'),
  };
  probe.remove();
  return palette;
}
