import type { SpanKind } from '@throughline/spans';
import { useMemo } from 'react';
import { KINDS } from '../ui/kinds.ts';
import { useIsDark } from '../ui/theme.ts';
import type { Palette } from './draw.ts';

/** The theme's colours for a canvas. The tokens use `light-dark()`, which is resolved only on an element. */
export function usePalette(): Palette {
  const dark = useIsDark();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens have other values in the dark theme.
  return useMemo(() => readPalette(), [dark]);
}

function readPalette(): Palette {
  const probe = document.createElement('span');
  // A transition would still show the first colour. The style for readers who prefer reduced motion adds one.
  probe.style.transition = 'none';
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
    ink: resolve('--color-ink'),
    warning: resolve('--color-warning'),
  };
  probe.remove();
  return palette;
}
