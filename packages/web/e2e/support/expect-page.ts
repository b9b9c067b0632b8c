import { eventually } from '@throughline/tests/eventually';
import type { Locator, Page } from 'playwright-core';
import { textOf } from './browser.ts';

/** Assertions about a page. Each is retried until it holds, because a page reacts to keys and clicks with a delay. */

/** The visible text of the first element, on one line. */
export const expectText = (locator: Locator) => eventually(`the text of ${locator}`, () => textOf(locator));

/** The visible text of every element, each on one line. */
export const expectTexts = (locator: Locator) =>
  eventually(`the texts of ${locator}`, async () =>
    (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()),
  );

export const expectCount = (locator: Locator) =>
  eventually(`the number of ${locator}`, () => locator.count());

export const expectAttribute = (locator: Locator, name: string) =>
  eventually(`${name} of ${locator}`, () => locator.getAttribute(name));

export const expectInput = (locator: Locator) =>
  eventually(`the value of ${locator}`, () => locator.inputValue());

export const expectDisabled = (locator: Locator) =>
  eventually(`whether ${locator} is disabled`, () => locator.isDisabled());

/** The path and query of the address. */
export const expectAddress = (page: Page) =>
  eventually('the address', () => page.url().slice(new URL(page.url()).origin.length));

/** The role of the element that has the focus. */
export const expectFocusedRole = (page: Page) =>
  eventually('the role of the focused element', () =>
    page.evaluate(() => document.activeElement?.getAttribute('role')),
  );
