import type { Detector } from '../detectors/detector.ts';
import { DETECTORS } from '../detectors/detectors.ts';
import { phoneIn } from '../detectors/phone.ts';
import { type Rule, RuleError } from '../rules/rules.ts';
import { jsonMember } from './json-member.ts';
import { compilePattern } from './pattern.ts';
import type { CompiledRule } from './program.ts';
import { type KeyedHash, labelOf } from './replacement.ts';

const LABEL = /^[A-Z][A-Z0-9_]{0,30}$/;

/** Collects the labels of all placeholders. Text that is a placeholder with such a label is never redacted again. */
export function labelsOf(rules: readonly Rule[]): ReadonlySet<string> {
  const labels = new Set(Object.values(DETECTORS).map(({ label }) => label));
  for (const rule of rules) labels.add(labelOf(rule, detectorOf(rule)?.label));
  return labels;
}

/** Checks and compiles one rule. Throws a `RuleError` with the rule's id and the reason if the rule is not valid. */
export function compileRule(
  rule: Rule,
  labels: ReadonlySet<string>,
  hash: KeyedHash | undefined,
): CompiledRule {
  const detector = detectorOf(rule);
  const label = labelOf(rule, detector?.label);
  if (!LABEL.test(label)) throw new RuleError(rule.id, `the label "${label}" does not match ${LABEL.source}`);
  checkReplace(rule, hash);
  const isExcepted = compileExcept(rule.except ?? [], detector);
  if ('pattern' in rule.find) {
    return { rule, label, isExcepted, findPattern: compilePattern(rule.id, rule.find, labels) };
  }
  return { rule, label, isExcepted, ...(detector && { detector }) };
}

function detectorOf({ id, find }: Rule): Detector | undefined {
  if ('pattern' in find) return undefined;
  if ('keys' in find) return jsonMember(find.keys, 'REDACTED');
  if (!Object.hasOwn(DETECTORS, find.detector)) {
    const known = Object.keys(DETECTORS).join(', ');
    throw new RuleError(id, `there is no detector "${find.detector}"; the detectors are ${known}`);
  }
  if (find.regions === undefined) return DETECTORS[find.detector];
  if (find.detector !== 'phone')
    throw new RuleError(id, `"regions" can only be set for the detector "phone"`);
  try {
    return phoneIn(find.regions);
  } catch (cause) {
    throw new RuleError(id, `"${find.regions.join(', ')}" contains an unknown country`, {
      cause,
    });
  }
}

function checkReplace({ id, replace }: Rule, hash: KeyedHash | undefined): void {
  if (replace.with === 'hash' && hash === undefined) {
    throw new RuleError(id, 'replacing with a hash needs the option "hash" of compileRedactor');
  }
  if (replace.with === 'tail' && ![0, 1, 2, 3, 4].includes(replace.keep ?? 4)) {
    throw new RuleError(id, `"keep" is ${replace.keep}, but must be a whole number from 0 to 4`);
  }
}

function compileExcept(
  except: readonly string[],
  detector: Detector | undefined,
): (value: string) => boolean {
  if (except.length === 0) return () => false;
  const normalise = (value: string) => detector?.normalise(value) ?? value;
  const values = new Set(except.map(normalise));
  const domains = except.filter((value) => value.startsWith('@')).map((value) => value.toLowerCase());
  return (value) => {
    const normal = normalise(value);
    return values.has(normal) || domains.some((domain) => normal.endsWith(domain));
  };
}
