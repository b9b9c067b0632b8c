import { AxeBuilder } from '@axe-core/playwright';
import { eventually } from '@throughline/tests/eventually';
import type { Page } from 'playwright-core';

/** Violations that axe finds on the page as it is shown now: the rule and the elements that break it. */
export function violationsOf(page: Page): Promise<string[]> {
  return analyse(new AxeBuilder({ page }));
}

/** Switches the page to the dark scheme and checks what can differ there: the contrast of colours. */
export async function darkViolationsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually('transitions of colours', () =>
    page.evaluate(() => document.getAnimations().filter((one) => one instanceof CSSTransition).length),
  ).toBe(0);
  const violations = await analyse(new AxeBuilder({ page }).withRules(['color-contrast']));
  await page.emulateMedia({ colorScheme: 'light' });
  return violations;
}

async function analyse(axe: AxeBuilder): Promise<string[]> {
  // Describing the elements that pass takes longer than finding those that do not. Our pages have no frames, for which
  // axe would open a second page.
  const { violations } = await axe
    .options({ resultTypes: ['violations'] })
    .setLegacyMode(true)
    .analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`,
  );
}
