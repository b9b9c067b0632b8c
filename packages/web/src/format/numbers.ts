import { formatCost, formatCount, formatDuration } from '@throughline/spans';

/** What stands where a value is absent. Never 0. */
export const ABSENT = '–';

/** A number as it is shown, and as it is on hover and in a copy. */
export interface Shown {
  readonly text: string;
  /** Every digit that is known; empty where the value is absent. */
  readonly exact: string;
}

const NOTHING: Shown = { text: ABSENT, exact: '' };

export function showDuration(ms: number | null | undefined): Shown {
  return ms == null ? NOTHING : { text: formatDuration(ms), exact: `${plain(ms)} ms` };
}

/** `incomplete`: some calls have no known price, so the sum is a lower bound. */
export function showCost(usd: number | null | undefined, incomplete = false): Shown {
  if (usd == null) return NOTHING;
  const text = formatCost(usd);
  if (!incomplete) return { text, exact: `$${plain(usd)}` };
  return { text: `≥ ${text}`, exact: `at least $${plain(usd)}: some calls have no known price` };
}

export function showCount(count: number | null | undefined): Shown {
  return count == null ? NOTHING : { text: formatCount(count), exact: formatCount(count) };
}

/** `8 documents`, `8 documents, 3 used in the answer`, `3 of 8 documents kept, 1 used in the answer`. */
export function nameDocuments(
  span: { readonly documentCount: number | null; readonly inputDocumentCount: number | null },
  used: number | undefined,
): string {
  const { documentCount, inputDocumentCount } = span;
  const word = (inputDocumentCount ?? documentCount) === 1 ? 'document' : 'documents';
  const count = showCount(documentCount).text;
  const found =
    inputDocumentCount === null
      ? `${count} ${word}`
      : `${count} of ${showCount(inputDocumentCount).text} ${word} kept`;
  return used === undefined ? found : `${found}, ${showCount(used).text} used in the answer`;
}

/** Null only if both are. */
export function sumOf(a: number | null | undefined, b: number | null | undefined): number | null {
  return a == null && b == null ? null : (a ?? 0) + (b ?? 0);
}

/** `61 %`, `2.1 %`, `<0.1 %`. `part` of `whole`; absent where there is no whole. */
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

/** `1.3 kB`, `2.1 MB`; of UTF-16 length, which is close enough to say how long a text is. */
export function showLength(characters: number): string {
  if (characters < 1000) return `${characters} chars`;
  if (characters < 1e6) return `${(characters / 1000).toFixed(characters < 9950 ? 1 : 0)} k chars`;
  return `${(characters / 1e6).toFixed(1)} M chars`;
}

/** No exponents: `0.0000012`, not `1.2e-6`. At most twelve decimals, as the store keeps them. */
function plain(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(12).replace(/\.?0+$/, '');
}
