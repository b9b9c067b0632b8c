import { RE2JS } from 're2js';
import type { Match } from '../detectors/detector.ts';
import { RuleError } from '../rules/rules.ts';
import { placeholderAround } from '../scan/protected-text.ts';

/** Limits the time of a search, which is proportional to the text length times the pattern length. */
const MAX_PATTERN_LENGTH = 2000;

export interface PatternOptions {
  readonly pattern: string;
  readonly ignoreCase?: boolean;
  readonly group?: number;
}

/** Compiles a regular expression to a function that finds its matches. Throws a `RuleError` if it is not valid. */
export function compilePattern(
  ruleId: string,
  { pattern, ignoreCase = false, group = 0 }: PatternOptions,
  labels: ReadonlySet<string>,
): (text: string, start: number) => readonly Match[] {
  const expression = compileExpression(ruleId, pattern, ignoreCase);
  if (!Number.isInteger(group) || group < 0 || group > expression.groupCount()) {
    throw new RuleError(
      ruleId,
      `the pattern has ${expression.groupCount()} groups, group ${group} does not exist`,
    );
  }
  return (text, start) => {
    const searched = text.slice(start);
    const matcher = expression.matcher(searched);
    const found: Match[] = [];
    let last = start;
    while (matcher.find()) {
      const match = aroundPlaceholders(
        text,
        start + matcher.start(group),
        start + matcher.end(group),
        labels,
      );
      if (match === undefined || match.start < last) continue;
      found.push(match);
      last = match.end;
    }
    return found;
  };
}

function compileExpression(ruleId: string, pattern: string, ignoreCase: boolean): RE2JS {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new RuleError(
      ruleId,
      `the pattern has ${pattern.length} characters, but at most ${MAX_PATTERN_LENGTH} are allowed`,
    );
  }
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (cause) {
    throw new RuleError(ruleId, `"${pattern}" is not a valid RE2 expression`, { cause });
  }
}

/**
 * Returns undefined for a match inside a placeholder. A match that contains only a part of a placeholder is extended to
 * contain all of it.
 */
function aroundPlaceholders(
  text: string,
  start: number,
  end: number,
  labels: ReadonlySet<string>,
): Match | undefined {
  if (start < 0 || end <= start) return undefined;
  const first = placeholderAround(text, start, labels);
  if (first !== undefined && first.end >= end) return undefined;
  const last = placeholderAround(text, end - 1, labels);
  return { start: first?.start ?? start, end: last?.end ?? end };
}
