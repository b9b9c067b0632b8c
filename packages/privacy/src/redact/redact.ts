import { compileRule, labelsOf } from '../compile/compile-rule.ts';
import {
  type CompiledRule,
  compileProgram,
  type RedactionState,
  type TextProgram,
} from '../compile/program.ts';
import { createNumbering, type KeyedHash, type Numbering, replacementOf } from '../compile/replacement.ts';
import type { Rule } from '../rules/rules.ts';
import { normaliseKey } from '../rules/sensitive-keys.ts';
import { isDigitAt } from '../text/chars.ts';
import { compileAppliesTo, type TextLocation } from './applies-to.ts';
import { REMOVED, type Visitor, walk } from './walk.ts';

/** The origin of a value. Rules with conditions and short values depend on it. */
export interface RedactionContext {
  /** Observation kind of the value's span, such as `llm`. Default: rules limited to kinds do not apply. */
  readonly kind?: string;
  /** Name of the value's attribute. It is context for short values: under `phone`, a number is a phone number. */
  readonly key?: string;
  /** Numbers for rules that replace with `number`; use one per trace. Default: a new numbering for each call. */
  readonly numbering?: Numbering;
}

/** The number of replacements by one rule. `ruleId` is `guard` for parts that cannot be examined: see `Redactor`. */
export interface RuleCount {
  readonly ruleId: string;
  readonly count: number;
}

/**
 * The redacted value and the number of replacements by each rule. If `counts` is empty, `value` is the input itself.
 * The removed text is not part of the result.
 */
export interface Redaction<T> {
  readonly value: T;
  readonly counts: readonly RuleCount[];
}

/**
 * Redacts a text or any JSON value. It never throws and never changes its input. Parts that cannot be examined (nested
 * deeper than 100 levels, more than a million nodes, circular, or with getters that throw) are replaced and counted as
 * `guard`.
 */
export interface Redactor {
  (value: string, context?: RedactionContext): Redaction<string>;
  (value: unknown, context?: RedactionContext): Redaction<unknown>;
}

/** Options of `compileRedactor`. */
export interface RedactorOptions {
  /** Required if a rule replaces with `hash`. */
  readonly hash?: KeyedHash;
}

const NO_COUNTS: readonly RuleCount[] = [];
/** Longer texts contain enough words to be understood without their key. */
const MAX_TEXT_FOR_KEY = 64;
/** The number of digits of the shortest IP address, `1.2.3.4`. */
const MIN_DIGITS_FOR_KEY = 4;
const MAX_KEY = 64;
/** Maximum number of compiled rule sets that are kept. */
const MAX_RULE_SETS = 256;

/**
 * Compiles rules to a function that redacts values. Compile once and use the function for many values.
 *
 * ```ts
 * const redact = compileRedactor(DEFAULT_RULES);
 * redact('write to ada@example.com').value; // 'write to [EMAIL]'
 * ```
 *
 * Throws a `RuleError` if a rule is not valid. The returned function never throws.
 */
export function compileRedactor(rules: readonly Rule[], { hash }: RedactorOptions = {}): Redactor {
  const labels = labelsOf(rules);
  const ruleSetAt = compileRuleSets(
    rules.map((rule) => compileRule(rule, labels, hash)),
    labels,
  );

  function redact(value: unknown, context: RedactionContext = {}): Redaction<unknown> {
    const counts = new Map<string, number>();
    const state: RedactionState = {
      hash,
      numbering: context.numbering ?? createNumbering(),
      count: (ruleId) => counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1),
    };
    const redacted = redactValue(value, context, ruleSetAt, state);
    if (counts.size === 0) return { value: redacted, counts: NO_COUNTS };
    return { value: redacted, counts: Array.from(counts, ([ruleId, count]) => ({ ruleId, count })) };
  }
  return redact as Redactor;
}

function redactValue(
  value: unknown,
  { kind, key = '' }: RedactionContext,
  ruleSetAt: (at: TextLocation) => RuleSet,
  state: RedactionState,
): unknown {
  const visitor: Visitor = {
    text: (text, key, path) => redactText(text, key, ruleSetAt({ kind, key, path }).program, state),
    member(key, member, path) {
      const compiled = ruleSetAt({ kind, key, path }).ruleForKey(normaliseKey(key));
      return compiled === undefined ? undefined : replaceMember(member, compiled, state);
    },
    guarded: () => state.count('guard'),
  };
  try {
    const whole = key === '' ? undefined : visitor.member(key, value, key);
    return whole === REMOVED ? '' : (whole ?? walk(value, key, key, visitor));
  } catch {
    // No known input gets here. If one does, the value must still be hidden and the caller must not see an error.
    state.count('guard');
    return '[UNREADABLE]';
  }
}

function redactText(text: string, key: string, program: TextProgram, state: RedactionState): string {
  const redacted = redactWithKey(text, key, program, state);
  // If redaction made a long text short, its key now serves as context.
  const isNowShort = text.length > MAX_TEXT_FOR_KEY && redacted.length <= MAX_TEXT_FOR_KEY;
  return isNowShort ? redactWithKey(redacted, key, program, state) : redacted;
}

/** Redacts a short text as if its key stood before it: `phone: 60-56-85-91`, `version: 1.2.3.4`. */
function redactWithKey(text: string, key: string, program: TextProgram, state: RedactionState): string {
  if (key === '' || !mayDependOnKey(text)) return program(text, 0, state);
  // Backslashes are removed from the key: an escape in it would be decoded, and the text would begin at another index.
  const lead = `${key.slice(-MAX_KEY).replaceAll('\\', ' ')}: `;
  return program(lead + text, lead.length, state).slice(lead.length);
}

/** True for short texts with at least four digits or with a bracket, because a placeholder may have replaced digits. */
function mayDependOnKey(text: string): boolean {
  if (text.length > MAX_TEXT_FOR_KEY) return false;
  if (text.includes('[')) return true;
  let digits = 0;
  for (let i = 0; i < text.length; i++) if (isDigitAt(text, i)) digits++;
  return digits >= MIN_DIGITS_FOR_KEY;
}

/** Replaces the whole value of a member. Empty values, booleans, null, schemas and placeholders are kept. */
function replaceMember(
  value: unknown,
  { rule, label, isExcepted }: CompiledRule,
  state: RedactionState,
): string | typeof REMOVED | undefined {
  if (value === null || value === '' || typeof value === 'boolean' || typeof value === 'undefined')
    return undefined;
  if (isSchema(value)) return undefined;
  const text = typeof value === 'string' ? value : (safeJson(value) ?? '');
  if (isExcepted(text) || isReplaced(text, label)) return undefined;
  state.count(rule.id);
  return rule.replace.with === 'nothing' ? REMOVED : replacementOf(rule.replace, label, text, state);
}

const isReplaced = (text: string, label: string): boolean =>
  text === `[${label}]` ||
  (text.startsWith(`[${label}_`) && text.endsWith(']')) ||
  /^\*{4} \w{0,4}$/.test(text);

function isSchema(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { type, $ref } = value as { readonly type?: unknown; readonly $ref?: unknown };
  return (
    typeof $ref === 'string' || /^(?:string|number|integer|boolean|object|array|null)$/.test(String(type))
  );
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The rules that apply at one location, in compiled form. */
interface RuleSet {
  readonly program: TextProgram;
  ruleForKey(normalisedKey: string): CompiledRule | undefined;
}

/** Returns a function that finds the rules for a location. Each combination of rules is compiled once. */
function compileRuleSets(
  rules: readonly CompiledRule[],
  labels: ReadonlySet<string>,
): (at: TextLocation) => RuleSet {
  const conditions = rules.map(({ rule }) => rule.appliesTo && compileAppliesTo(rule.appliesTo));
  if (conditions.every((condition) => condition === undefined)) {
    const ruleSet = createRuleSet(rules, labels);
    return () => ruleSet;
  }
  const ruleSets = new Map<string, RuleSet>();
  return (at) => {
    const holds = conditions.map((condition) => condition?.(at) ?? true);
    const name = holds.map(Number).join('');
    const known = ruleSets.get(name);
    if (known !== undefined) return known;
    const ruleSet = createRuleSet(
      rules.filter((_, index) => holds[index]),
      labels,
    );
    if (ruleSets.size < MAX_RULE_SETS) ruleSets.set(name, ruleSet);
    return ruleSet;
  };
}

function createRuleSet(rules: readonly CompiledRule[], labels: ReadonlySet<string>): RuleSet {
  const byKey = new Map<string, CompiledRule>();
  for (const compiled of rules) {
    if (!('keys' in compiled.rule.find)) continue;
    for (const key of compiled.rule.find.keys.map(normaliseKey))
      if (!byKey.has(key)) byKey.set(key, compiled);
  }
  return { program: compileProgram(rules, labels), ruleForKey: (key) => byKey.get(key) };
}
