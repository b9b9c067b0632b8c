import { type CountryCode, getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min';

/**
 * Questions to libphonenumber's metadata. Its parser costs 11 to 27 µs a candidate and country, which text made of
 * candidates would turn into minutes; the same tables asked directly cost 0.05 µs.
 *
 * The smallest metadata (80 kB) is enough: possible lengths and one general pattern a country. The larger sets only
 * add what tells mobile from fixed lines.
 */
interface Plan {
  possibleLengths(): readonly number[];
  /** Not in the package's types, but how its own parser asks. */
  nationalNumberPattern(): string;
}

/** The most digits a country calling code has. */
const LONGEST_CALLING_CODE = 3;

const lengthsByCallingCode = readLengths();

/** True if the digits after `+` begin with a calling code and have a length that is possible there. */
export function isPossibleInternational(digits: string): boolean {
  for (let length = 1; length <= LONGEST_CALLING_CODE; length++) {
    const lengths = lengthsByCallingCode.get(digits.slice(0, length));
    // No calling code is the beginning of another.
    if (lengths !== undefined) return lengths.has(digits.length - length);
  }
  return false;
}

/** Compiles the test whether digits with their leading 0 are a national number of one of these countries. */
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
