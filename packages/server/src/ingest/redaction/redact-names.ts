/**
 * The names of the redaction rules, in the same order as in `@throughline/privacy`; a test compares both. They are
 * repeated here because loading the detectors takes 60 ms and 20 MB, even if the server redacts nothing.
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

/** Short names that are also accepted. */
const ALIASES: Readonly<Record<string, string>> = { card: 'payment-card', ssn: 'us-ssn' };

/**
 * Parses `email, payment-card` or `all`. Returns each rule once, in the order of the table. Camel case is also accepted
 * (`paymentCard`).
 *
 * @throws TypeError that contains the unknown name and the known names
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
