export { createNumbering, type KeyedHash, type Numbering } from './compile/replacement.ts';
export type { DetectorName } from './detectors/detectors.ts';
export { DETECTORS } from './detectors/detectors.ts';
export {
  compileRedactor,
  type Redaction,
  type RedactionContext,
  type Redactor,
  type RedactorOptions,
  type RuleCount,
} from './redact/redact.ts';
export {
  type AppliesTo,
  DEFAULT_RULES,
  type Find,
  type Replace,
  type Rule,
  RuleError,
} from './rules/rules.ts';
export { normaliseKey, SENSITIVE_KEYS } from './rules/sensitive-keys.ts';
