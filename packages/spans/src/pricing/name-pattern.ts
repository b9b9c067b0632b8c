/**
 * Prepares a pattern in which `*` stands for any characters. A name is searched once from left to right: each part between two
 * `*` is taken at its first occurrence, because a later one leaves less for the parts after it.
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === pattern;
  const middle = rest.filter((part) => part !== '');
  const shortest = pattern.length - rest.length - 1;
  return (name) => {
    if (name.length < shortest || !name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}
