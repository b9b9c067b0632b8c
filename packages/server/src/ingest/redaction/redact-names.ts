/**
 * The names of the rules of redaction, those of the table of `@throughline/privacy`, in its order; a test compares the
 * two. Not read from there, because loading its detectors takes 60 ms and 20 MB of a server that redacts nothing.
 */
export const REDACT_NAMES = [
  'private-key',
  'jwt',
  'api-key',
  'authorization',
  'webhook-url',
  'url-credentials',
  'url-parameter',
  'sensitive-key',
  'assigned-secret',
  'command-secret',
  'cookie',
  'email',
  'iban',
  'payment-card',
  'us-ssn',
  'ipv4',
  'ipv6',
  'phone',
] as const;

/** What people write beside a rule's own name. */
const ALIASES: Readonly<Record<string, string>> = { card: 'payment-card', ssn: 'us-ssn' };

/**
 * The rules of `email, payment-card`, or of `all`, each once and in the order of the table. The names of detectors are
 * taken too (`paymentCard`).
 *
 * @throws TypeError that names what is not known, and what is
 */
export function parseRedactNames(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const wanted = new Set(names.map(ruleOf));
  return wanted.has('all') ? REDACT_NAMES : REDACT_NAMES.filter((name) => wanted.has(name));
}

function ruleOf(name: string): string {
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const rule = Object.hasOwn(ALIASES, dashed) ? (ALIASES[dashed] as string) : dashed;
  if (rule === 'all' || (REDACT_NAMES as readonly string[]).includes(rule)) return rule;
  throw new TypeError(`"${name}" is not known; expected all, or some of ${REDACT_NAMES.join(', ')}`);
}
