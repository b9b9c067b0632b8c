import type { RawResource } from '@throughline/spans';

/** The SDK according to the resource, such as `python opentelemetry 1.38.0`. Undefined if it does not name one. */
export function sdkOf({ attributes }: RawResource): string | undefined {
  const parts = ['language', 'name', 'version'].map((part) => attributes.get(`telemetry.sdk.${part}`));
  const said = parts.filter((part) => typeof part === 'string' && part !== '');
  return said.length === 0 ? undefined : said.join(' ');
}
