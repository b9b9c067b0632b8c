import { quoteBareNumber, stringTracker } from './bare-number.ts';
import type { Detector, Match } from './detectors/detector.ts';
import { unescapeAscii } from './json-escapes.ts';
import { type ReplacementContext, replacementOf } from './replacement.ts';
import type { Rule } from './rules.ts';
import { compileScan, type Found } from './scan.ts';

/** A rule with what it was compiled to: a detector, or a function that finds the matches of a pattern. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly label: string;
  readonly detector?: Detector;
  readonly findPattern?: (text: string, start: number) => readonly Match[];
  /** True for a value that the rule's allow list lets stand. */
  readonly isExcepted: (value: string) => boolean;
}

/** State of one call: what replacements need, and where what was replaced is counted. */
export interface Session extends ReplacementContext {
  count(ruleId: string): void;
}

/** Redacts one text; what stands before `start` is only read for the words in it. */
export type TextProgram = (text: string, start: number, session: Session) => string;

interface Hit extends Match {
  readonly compiled: CompiledRule;
}

type Stage = (text: string, start: number) => readonly Hit[];

/**
 * What was replaced may bring its neighbours together or make room for another match, so the stages run until they
 * find nothing more: then a second redaction finds nothing either. Two rounds are the rule; the bound is for texts
 * made to need many.
 */
const MAX_ROUNDS = 8;

/** Compiles rules that all hold for the same texts. Neighbouring rules with detectors share one scan. */
export function compileProgram(rules: readonly CompiledRule[], labels: ReadonlySet<string>): TextProgram {
  const stages = compileStages(rules, labels);

  function runStages(text: string, start: number, session: Session): string {
    let current = text;
    for (const stage of stages) current = replaceAll(current, stage(current, start), session);
    return current;
  }

  function runRound(text: string, start: number, session: Session): string {
    const plain = unescapeAscii(text);
    const redacted = plain === undefined ? undefined : runStages(plain, start, session);
    return redacted === undefined || redacted === plain ? runStages(text, start, session) : redacted;
  }

  return (text, start, session) => {
    let current = text;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const before = current;
      current = runRound(current, start, session);
      if (current === before) break;
    }
    return current;
  };
}

function compileStages(rules: readonly CompiledRule[], labels: ReadonlySet<string>): readonly Stage[] {
  const stages: Stage[] = [];
  let neighbours: CompiledRule[] = [];
  const flush = () => {
    if (neighbours.length > 0) stages.push(scanStage(neighbours, labels));
    neighbours = [];
  };
  for (const compiled of rules) {
    if (compiled.findPattern === undefined) neighbours.push(compiled);
    else {
      flush();
      stages.push(patternStage(compiled, compiled.findPattern));
    }
  }
  flush();
  return stages;
}

function scanStage(rules: readonly CompiledRule[], labels: ReadonlySet<string>): Stage {
  const withDetector = rules.flatMap((compiled) =>
    compiled.detector === undefined ? [] : [{ compiled, detector: compiled.detector }],
  );
  const compiledBy = (found: Found) => withDetector[found.by]?.compiled as CompiledRule;
  const scan = compileScan(
    withDetector.map(({ detector }) => detector),
    labels,
    (text, found) => {
      const value = text.slice(found.start, found.end);
      return !isPlaceholder(value, labels) && !compiledBy(found).isExcepted(value);
    },
  );
  return (text, start) => {
    const found = scan(text, start);
    if (found.length === 0) return [];
    const isInString = stringTracker(text);
    return found.map((match) => ({
      ...quoteBareNumber(text, match, isInString),
      compiled: compiledBy(match),
    }));
  };
}

function patternStage(
  compiled: CompiledRule,
  find: (text: string, start: number) => readonly Match[],
): Stage {
  return (text, start) =>
    find(text, start)
      .filter((match) => !compiled.isExcepted(text.slice(match.start, match.end)))
      .map((match) => ({ ...match, compiled }));
}

function isPlaceholder(value: string, labels: ReadonlySet<string>): boolean {
  if (value.length > 128 || !/^(?:\[[A-Z]|\*{4} )/.test(value)) return false;
  if (value.startsWith('*')) return /^\*{4} [0-9A-Za-z]{0,4}$/.test(value);
  const body = /^\[([A-Z][0-9A-Za-z_-]*)\]$/.exec(value)?.[1];
  return body !== undefined && [...labels].some((label) => body === label || body.startsWith(`${label}_`));
}

function replaceAll(text: string, hits: readonly Hit[], session: Session): string {
  if (hits.length === 0) return text;
  let result = '';
  let last = 0;
  for (const { start, end, quote = '', compiled } of hits) {
    const { rule, label, detector } = compiled;
    const raw = text.slice(start, end);
    const value = detector?.normalise(raw) ?? raw;
    result += text.slice(last, start) + quote + replacementOf(rule.replace, label, value, session) + quote;
    last = end;
    session.count(rule.id);
  }
  return result + text.slice(last);
}
