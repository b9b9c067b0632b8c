import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import { visibleName } from './visible-name.ts';

/** Shown for an absent value, which is not the same as 0. */
export const ABSENT = '–';

/** A formatted number. */
export interface Shown {
  readonly text: string;
  /** All known digits, shown on hover; empty if the value is absent. */
  readonly exact: string;
}

const NOTHING: Shown = { text: ABSENT, exact: '' };

export function showDuration(ms: number | null | undefined): Shown {
  return ms == null ? NOTHING : { text: formatDuration(ms), exact: `${plain(ms)} ms` };
}

/** Calls with tokens that have no known price. */
export interface Unpriced {
  readonly unpricedCalls: number;
  /** Absent if they are not known. */
  readonly unpricedModels?: readonly string[];
}

/** A sum that lacks the price of some calls is a lower bound: `≥ $0.500`. Its tooltip names their number and models. */
export function showCost(usd: number | null | undefined, unpriced?: Unpriced): Shown {
  const missing = unpriced === undefined || unpriced.unpricedCalls === 0 ? undefined : nameUnpriced(unpriced);
  if (usd == null) return missing === undefined ? NOTHING : { text: ABSENT, exact: missing };
  const text = formatCost(usd);
  if (missing === undefined) return { text, exact: `$${plain(usd)}` };
  return { text: `≥ ${text}`, exact: `at least $${plain(usd)}: ${missing}` };
}

/** `3 calls have no known price (gpt-x, my-model)`. */
export function nameUnpriced({ unpricedCalls, unpricedModels = [] }: Unpriced): string {
  const models = unpricedModels.length === 0 ? '' : ` (${unpricedModels.map(visibleName).join(', ')})`;
  return `${countOf(unpricedCalls, 'call')} ${unpricedCalls === 1 ? 'has' : 'have'} no known price${models}`;
}

export function showCount(count: number | null | undefined): Shown {
  return count == null ? NOTHING : { text: formatCount(count), exact: formatCount(count) };
}

/** The noun in its singular or plural: `span`, `spans`. */
export function pluralOf(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

/** A count with its noun: `1 span`, `12,304 spans`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${pluralOf(count, noun)}`;
}

/** `8 documents`, `8 documents, 3 used in the answer`, `3 of 8 documents kept, 1 used in the answer`. */
export function nameDocuments(
  span: { readonly documentCount: number | null; readonly inputDocumentCount: number | null },
  used: number | undefined,
): string {
  const { documentCount, inputDocumentCount } = span;
  const count = showCount(documentCount).text;
  const found =
    inputDocumentCount === null
      ? `${count} ${pluralOf(documentCount ?? 0, 'document')}`
      : `${count} of ${countOf(inputDocumentCount, 'document')} kept`;
  return used === undefined ? found : `${found}, ${showCount(used).text} used in the answer`;
}

/** The sum of two values, counting an absent one as 0; null if both are absent. */
export function sumOf(a: number | null | undefined, b: number | null | undefined): number | null {
  return a == null && b == null ? null : (a ?? 0) + (b ?? 0);
}

/** `part` as a percentage of `whole`: `61 %`, `2.1 %`, `<0.1 %`. Absent if `whole` is 0. */
export function showShare(part: number, whole: number): Shown {
  if (!(whole > 0)) return NOTHING;
  const percent = (part / whole) * 100;
  const text =
    percent === 0
      ? '0 %'
      : percent < 0.1
        ? '<0.1 %'
        : percent < 9.95
          ? `${percent.toFixed(1)} %`
          : `${Math.round(percent)} %`;
  return { text, exact: `${plain(part)} of ${plain(whole)}` };
}

/** `12 chars`, `1.3 k chars`, `2.1 M chars`. `characters` is a UTF-16 length, which is close enough here. */
export function showLength(characters: number): string {
  if (characters < 1000) return countOf(characters, 'char');
  if (characters < 1e6) return `${(characters / 1000).toFixed(characters < 9950 ? 1 : 0)} k chars`;
  return `${(characters / 1e6).toFixed(1)} M chars`;
}

/** Digits without an exponent: `0.0000012`, not `1.2e-6`. At most twelve decimals, as in the store. */
function plain(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(12).replace(/\.?0+$/, '');
}
