import type { CountryCode } from 'libphonenumber-js/min';
import type { DetectorName } from '../detectors/detectors.ts';
import { SENSITIVE_KEYS } from './sensitive-keys.ts';

/** What a rule searches for. It is plain JSON, so that rules can be stored and sent. */
export type Find =
  /**
   * A built-in detector. `regions` is only for `phone`: the countries whose national numbers are found without a word
   * such as "phone" nearby. Default: GB, DE, FR, NL, CH, AT, SE, AU, IN, JP and BR.
   */
  | { readonly detector: DetectorName; readonly regions?: readonly CountryCode[] }
  /**
   * A regular expression in RE2 syntax of at most 2,000 characters. RE2 has no look-around and no back-references, and
   * takes linear time on every input. If `group` is set, only the text of that group is replaced. Default: the whole
   * match. Unless it begins with a literal, a pattern is far slower than a detector (23 MB/s; 500 MB/s for a pattern
   * of two literal words), so limit it with `appliesTo`.
   */
  | { readonly pattern: string; readonly ignoreCase?: boolean; readonly group?: number }
  /** The whole value of every member with one of these names, in JSON values and in JSON text. See `normaliseKey`. */
  | { readonly keys: readonly string[] };

/** The replacement for a match. `label` is the word in the placeholder. Default: the detector's label. */
export type Replace =
  /** `[EMAIL]` */
  | { readonly with: 'placeholder'; readonly label?: string }
  /** `[EMAIL_1]`: equal values get the same number within one `Numbering`, usually one per trace. */
  | { readonly with: 'number'; readonly label?: string }
  /** `[EMAIL_3f9a…]`: the `hash` option's result for the normalised value. Equal values get the same hash. */
  | { readonly with: 'hash'; readonly label?: string }
  /** `**** 4242`: the last `keep` letters or digits, from 0 to 4 and at most a quarter of the value. Default: 4. */
  | { readonly with: 'tail'; readonly keep?: number }
  /** No replacement: matching text is cut out, and a member with a matching name is removed. */
  | { readonly with: 'nothing' };

/** Limits a rule to some values. A value must satisfy every condition that is set. Default: no limit. */
export interface AppliesTo {
  /** Observation kinds, such as `llm` or `tool`. */
  readonly kinds?: readonly string[];
  /** Names of the attribute or JSON member that contains the text. Names are compared with `normaliseKey`. */
  readonly keys?: readonly string[];
  /** Dotted paths that begin with the attribute. `*` matches one segment; `**` at the end matches any number. */
  readonly paths?: readonly string[];
}

/**
 * One redaction rule. Rules apply in order: a later rule does not see text that an earlier rule has replaced.
 *
 * ```ts
 * { id: 'mail', find: { detector: 'email' }, replace: { with: 'number' }, except: ['@example.com'] }
 * ```
 */
export interface Rule {
  /** Identifies the rule in counts and errors. */
  readonly id: string;
  readonly appliesTo?: AppliesTo;
  readonly find: Find;
  readonly replace: Replace;
  /** Values that are never replaced, compared in normalised form. `@example.com` excepts a whole e-mail domain. */
  readonly except?: readonly string[];
}

const placeholder = { with: 'placeholder' } as const;

/** The default rules. Secrets come first, because an API key may contain digits that look like a phone number. */
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

/** Reports an invalid rule. It is thrown by `compileRedactor`, never while redacting. */
export class RuleError extends Error {
  readonly ruleId: string;

  constructor(ruleId: string, why: string, options?: ErrorOptions) {
    super(`Redaction rule "${ruleId}": ${why}`, options);
    this.name = 'RuleError';
    this.ruleId = ruleId;
  }
}
