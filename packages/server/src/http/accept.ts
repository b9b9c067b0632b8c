/** True if an `Accept` header prefers `text/plain` to JSON. Source: RFC 9110, section 12.5.1. */
export function prefersText(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const quality = new Map<string, number>();
  for (const range of accept.split(',').slice(0, 50)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    quality.set(type, q === undefined ? 1 : Number(q) || 0);
  }
  const of = (...types: string[]) => types.map((type) => quality.get(type)).find((q) => q !== undefined) ?? 0;
  return of('text/plain', 'text/*') > of('application/json', 'application/*', '*/*');
}
