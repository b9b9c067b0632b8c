import type { CountryCode } from 'libphonenumber-js/min';
import type { DetectorName } from '../detectors/detectors.ts';
import { SENSITIVE_KEYS } from './sensitive-keys.ts';

/** What to look for. Plain JSON, so that rules can be stored and sent. */
export type Find =
  /** A built-in detector; `regions` replaces the countries whose national phone numbers are known without a word. */
  | { readonly detector: DetectorName; readonly regions?: readonly CountryCode[] }
  /**
   * A regular expression in RE2 syntax (no look-around, no back-references; linear time on every input). With
   * `group`, only that group's text is replaced. Far slower than
   * detectors unless it begins with a literal (23 MB/s against 500 for one of two words): give it an `appliesTo`.
   */
  | { readonly pattern: string; readonly ignoreCase?: boolean; readonly group?: number }
  /** Values standing under one of these names, whole, in JSON values and in JSON text. Compared as `normaliseKey` does. */
  | { readonly keys: readonly string[] };

/** What to put in its place. `label` replaces the detector's own word. */
export type Replace =
  /** `[EMAIL]` */
  | { readonly with: 'placeholder'; readonly label?: string }
  /** `[EMAIL_1]`: the same value has the same number within one `Numbering`, usually one trace. */
  | { readonly with: 'number'; readonly label?: string }
  /** `[EMAIL_3f9a…]`: the caller's keyed hash of the normalised value; the same everywhere the key is the same. */
  | { readonly with: 'hash'; readonly label?: string }
  /** `**** 4242`: the last `keep` letters or digits (default 4, never more than a quarter of the value). */
  | { readonly with: 'tail'; readonly keep?: number }
  /** Nothing: found text is cut out, a member under a found key is removed. */
  | { readonly with: 'nothing' };

/** Where a rule holds; each part that is present must agree. */
export interface AppliesTo {
  /** Observation kinds, such as `llm` or `tool`. */
  readonly kinds?: readonly string[];
  /** Names of the attribute or JSON member that holds the text, compared as `normaliseKey` does. */
  readonly keys?: readonly string[];
  /** Dotted paths from the attribute down; `*` is any one segment, a last `**` any number of them. */
  readonly paths?: readonly string[];
}

/** One row of the table. Rules apply in order: a later rule does not see what an earlier one replaced. */
export interface Rule {
  readonly id: string;
  readonly appliesTo?: AppliesTo;
  readonly find: Find;
  readonly replace: Replace;
  /** Values that stay, compared after normalisation; `@example.com` lets a whole e-mail domain through. */
  readonly except?: readonly string[];
}

const placeholder = { with: 'placeholder' } as const;

/** Secrets come first, because a key may contain digits that look like a number. Then the most precise detectors. */
export const DEFAULT_RULES: readonly Rule[] = [
  { id: 'private-key', find: { detector: 'privateKey' }, replace: placeholder },
  { id: 'jwt', find: { detector: 'jwt' }, replace: placeholder },
  { id: 'api-key', find: { detector: 'apiKey' }, replace: placeholder },
  { id: 'authorization', find: { detector: 'authorization' }, replace: placeholder },
  { id: 'webhook-url', find: { detector: 'webhookUrl' }, replace: placeholder },
  { id: 'url-credentials', find: { detector: 'urlCredentials' }, replace: placeholder },
  { id: 'url-parameter', find: { detector: 'urlParameter' }, replace: placeholder },
  { id: 'sensitive-key', find: { keys: SENSITIVE_KEYS }, replace: { with: 'placeholder', label: 'SECRET' } },
  { id: 'assigned-secret', find: { detector: 'assignedSecret' }, replace: placeholder },
  { id: 'command-secret', find: { detector: 'commandSecret' }, replace: placeholder },
  { id: 'cookie', find: { detector: 'cookie' }, replace: placeholder },
  { id: 'email', find: { detector: 'email' }, replace: placeholder },
  { id: 'iban', find: { detector: 'iban' }, replace: placeholder },
  { id: 'payment-card', find: { detector: 'paymentCard' }, replace: placeholder },
  { id: 'us-ssn', find: { detector: 'usSsn' }, replace: placeholder },
  { id: 'ipv4', find: { detector: 'ipv4' }, replace: placeholder },
  { id: 'ipv6', find: { detector: 'ipv6' }, replace: placeholder },
  { id: 'phone', find: { detector: 'phone' }, replace: placeholder },
];

/** A rule that is not valid. Thrown by `compileRedactor`, never while redacting. */
export class RuleError extends Error {
  readonly ruleId: string;

  constructor(ruleId: string, why: string, options?: ErrorOptions) {
    super(`Redaction rule "${ruleId}": ${why}`, options);
    this.name = 'RuleError';
    this.ruleId = ruleId;
  }
}
