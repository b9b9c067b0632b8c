import { compileRule, labelsOf } from '../compile/compile-rule.ts';
import { type CompiledRule, compileProgram, type Session, type TextProgram } from '../compile/program.ts';
import { createNumbering, type KeyedHash, type Numbering, replacementOf } from '../compile/replacement.ts';
import type { Rule } from '../rules/rules.ts';
import { normaliseKey } from '../rules/sensitive-keys.ts';
import { isDigitAt } from '../text/chars.ts';
import { compileAppliesTo, type Place } from './applies-to.ts';
import { REMOVED, type Visitor, walk } from './walk.ts';

/** Where a value stands. Every part is optional. */
export interface RedactionContext {
  /** Observation kind of its span, such as `llm`. */
  readonly kind?: string;
  /** Name of its attribute. For short values it is read as context: a key `phone` makes a number a phone number. */
  readonly key?: string;
  /** For rules that replace by number: one per trace. Default: numbers count within the call. */
  readonly numbering?: Numbering;
}

/** How often a rule replaced something. `ruleId` is `guard` for parts too deep, large, circular or unreadable. */
export interface RuleCount {
  readonly ruleId: string;
  readonly count: number;
}

/** The redacted value and the number of replacements. If `counts` is empty, nothing changed. Never holds what was removed. */
export interface Redaction<T> {
  readonly value: T;
  readonly counts: readonly RuleCount[];
}

/** Redacts a text or any JSON value. Never throws; a value without findings is returned itself, not a copy. */
export interface Redactor {
  (value: string, context?: RedactionContext): Redaction<string>;
  (value: unknown, context?: RedactionContext): Redaction<unknown>;
}

export interface RedactorOptions {
  /** Needed by rules that replace by hash. */
  readonly hash?: KeyedHash;
}

const NO_COUNTS: readonly RuleCount[] = [];
/** A longer text has words of its own; what a short one means may depend on its key. */
const MAX_TEXT_FOR_KEY = 64;
/** The shortest IP address or version of four parts. */
const MIN_DIGITS_FOR_KEY = 4;
const MAX_KEY = 64;
/** Rules with conditions give different tables in different places. At most this many are kept compiled. */
const MAX_PROGRAMS = 256;

/**
 * Compiles a table of rules once, to a function for many values.
 *
 * ```ts
 * const redact = compileRedactor(DEFAULT_RULES);
 * redact('write to ada@example.com').value; // 'write to [EMAIL]'
 * ```
 *
 * Throws `RuleError` for a rule that is not valid. The returned function never throws.
 */
export function compileRedactor(rules: readonly Rule[], { hash }: RedactorOptions = {}): Redactor {
  const labels = labelsOf(rules);
  const tableAt = compileTable(
    rules.map((rule) => compileRule(rule, labels, hash)),
    labels,
  );

  function redact(value: unknown, context: RedactionContext = {}): Redaction<unknown> {
    const counts = new Map<string, number>();
    const session: Session = {
      hash,
      numbering: context.numbering ?? createNumbering(),
      count: (ruleId) => counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1),
    };
    const redacted = redactValue(value, context, tableAt, session);
    if (counts.size === 0) return { value: redacted, counts: NO_COUNTS };
    return { value: redacted, counts: Array.from(counts, ([ruleId, count]) => ({ ruleId, count })) };
  }
  return redact as Redactor;
}

function redactValue(
  value: unknown,
  { kind, key = '' }: RedactionContext,
  tableAt: (place: Place) => Table,
  session: Session,
): unknown {
  const visitor: Visitor = {
    text: (text, key, path) => redactText(text, key, tableAt({ kind, key, path }).program, session),
    member(key, member, path) {
      const compiled = tableAt({ kind, key, path }).ruleForKey(normaliseKey(key));
      return compiled === undefined ? undefined : replaceMember(member, compiled, session);
    },
    guarded: () => session.count('guard'),
  };
  try {
    const whole = key === '' ? undefined : visitor.member(key, value, key);
    return whole === REMOVED ? '' : (whole ?? walk(value, key, key, visitor));
  } catch {
    // Nothing above is known to throw. If it does, the value must not pass and the caller must continue.
    session.count('guard');
    return '[UNREADABLE]';
  }
}

function redactText(text: string, key: string, program: TextProgram, session: Session): string {
  const redacted = redactWithKey(text, key, program, session);
  // A long text may become a short one, whose key then matters.
  const isNowShort = text.length > MAX_TEXT_FOR_KEY && redacted.length <= MAX_TEXT_FOR_KEY;
  return isNowShort ? redactWithKey(redacted, key, program, session) : redacted;
}

/** Redacts a short text as if its key stood before it: `phone: 60-56-85-91`, `version: 1.2.3.4`. */
function redactWithKey(text: string, key: string, program: TextProgram, session: Session): string {
  if (key === '' || !isToldByKey(text)) return program(text, 0, session);
  // Without backslashes, because escapes in the text are undone and its beginning must not move.
  const lead = `${key.slice(-MAX_KEY).replaceAll('\\', ' ')}: `;
  return program(lead + text, lead.length, session).slice(lead.length);
}

/** True for short texts with several digits, and with brackets: a placeholder may stand for digits. */
function isToldByKey(text: string): boolean {
  if (text.length > MAX_TEXT_FOR_KEY) return false;
  if (text.includes('[')) return true;
  let digits = 0;
  for (let i = 0; i < text.length; i++) if (isDigitAt(text, i)) digits++;
  return digits >= MIN_DIGITS_FOR_KEY;
}

/** Replaces a whole member unless it holds no secret: empty, true, false, null, a schema, or a placeholder. */
function replaceMember(
  value: unknown,
  { rule, label, isExcepted }: CompiledRule,
  session: Session,
): string | typeof REMOVED | undefined {
  if (value === null || value === '' || typeof value === 'boolean' || typeof value === 'undefined')
    return undefined;
  if (isSchema(value)) return undefined;
  const text = typeof value === 'string' ? value : (safeJson(value) ?? '');
  if (isExcepted(text) || isReplaced(text, label)) return undefined;
  session.count(rule.id);
  return rule.replace.with === 'nothing' ? REMOVED : replacementOf(rule.replace, label, text, session);
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

interface Table {
  readonly program: TextProgram;
  ruleForKey(normalisedKey: string): CompiledRule | undefined;
}

/** The rules that apply at a place, compiled once for each combination that occurs. */
function compileTable(rules: readonly CompiledRule[], labels: ReadonlySet<string>): (place: Place) => Table {
  const conditions = rules.map(({ rule }) => rule.appliesTo && compileAppliesTo(rule.appliesTo));
  if (conditions.every((condition) => condition === undefined)) {
    const table = tableOf(rules, labels);
    return () => table;
  }
  const tables = new Map<string, Table>();
  return (place) => {
    const holds = conditions.map((condition) => condition?.(place) ?? true);
    const name = holds.map(Number).join('');
    const known = tables.get(name);
    if (known !== undefined) return known;
    const table = tableOf(
      rules.filter((_, index) => holds[index]),
      labels,
    );
    if (tables.size < MAX_PROGRAMS) tables.set(name, table);
    return table;
  };
}

function tableOf(rules: readonly CompiledRule[], labels: ReadonlySet<string>): Table {
  const byKey = new Map<string, CompiledRule>();
  for (const compiled of rules) {
    if (!('keys' in compiled.rule.find)) continue;
    for (const key of compiled.rule.find.keys.map(normaliseKey))
      if (!byKey.has(key)) byKey.set(key, compiled);
  }
  return { program: compileProgram(rules, labels), ruleForKey: (key) => byKey.get(key) };
}
