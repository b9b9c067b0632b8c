import { type CountryCode, getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min';

/**
 * The numbering plan of one country, read directly from libphonenumber's metadata. The library's parser takes 11 to
 * 27 µs per candidate and country, so a text full of candidates would take minutes. A look-up in the metadata takes
 * 0.05 µs.
 *
 * The smallest metadata set (80 kB) is enough: it has the possible lengths and one general pattern per country. The
 * larger sets only help to distinguish mobile from fixed-line numbers.
 */
interface Plan {
  possibleLengths(): readonly number[];
  /** Missing from the library's types, but used by its own parser. */
  nationalNumberPattern(): string;
}

/** Maximum number of digits of a country calling code. */
const LONGEST_CALLING_CODE = 3;

const lengthsByCallingCode = readLengths();

/** True if the digits after `+` begin with a country calling code and have a possible length for it. */
export function isPossibleInternational(digits: string): boolean {
  for (let length = 1; length <= LONGEST_CALLING_CODE; length++) {
    const lengths = lengthsByCallingCode.get(digits.slice(0, length));
    // No calling code is a prefix of another one, so the first one found is the right one.
    if (lengths !== undefined) return lengths.has(digits.length - length);
  }
  return false;
}

/** Compiles a check that digits are a national number of one of these countries. A leading 0 is allowed. */
export function compileNational(regions: readonly CountryCode[]): (digits: string) => boolean {
  const patterns = regions.map((region) => new RegExp(`^0?(?:${planOf(region).nationalNumberPattern()})$`));
  return (digits) => patterns.some((pattern) => pattern.test(digits));
}

function readLengths(): ReadonlyMap<string, ReadonlySet<number>> {
  const all = new Map<string, Set<number>>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    const lengths = all.get(code) ?? new Set();
    for (const length of planOf(country).possibleLengths()) lengths.add(length);
    all.set(code, lengths);
  }
  return all;
}

function planOf(country: CountryCode): Plan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan as unknown as Plan;
}
