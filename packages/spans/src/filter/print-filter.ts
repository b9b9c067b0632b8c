import type { Filter, FilterTerm } from './filter.ts';

/** The text that `parseFilter` reads as this filter. */
export function printFilter(filter: Filter): string {
  return filter.map(printTerm).join(' ');
}

function printTerm(term: FilterTerm): string {
  if (term.type === 'number') return `${term.field}${term.comparison}${plainDigits(term.value)}`;
  if (term.type === 'text') return quote(term.text);
  const value = /^[\w./-]+$/.test(term.value) ? term.value : quote(term.value);
  return `${term.field}:${value}${term.match === 'prefix' ? '*' : ''}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}
