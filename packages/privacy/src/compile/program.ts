import type { Detector, Match } from '../detectors/detector.ts';
import type { Rule } from '../rules/rules.ts';
import { quoteBareNumber, stringTracker } from '../scan/bare-number.ts';
import { unescapeAscii } from '../scan/json-escapes.ts';
import { compileScan, type Found } from '../scan/scan.ts';
import { type FoldedText, foldText, hasFoldable } from '../text/fold.ts';
import { type ReplacementContext, replacementOf } from './replacement.ts';

/** A compiled rule. It has either a detector or, if the rule has a pattern, a function that finds its matches. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly label: string;
  readonly detector?: Detector;
  readonly findPattern?: (text: string, start: number) => readonly Match[];
  /** True for a value listed in the rule's `except`. */
  readonly isExcepted: (value: string) => boolean;
}

/** State of one call of the redactor. */
export interface RedactionState extends ReplacementContext {
  /** Counts one replacement by this rule. */
  count(ruleId: string): void;
}

/** Redacts one text from `start` on. The text before `start` only serves as context and is not redacted. */
export type TextProgram = (text: string, start: number, state: RedactionState) => string;

/** A match and the rule that it belongs to. */
interface Hit extends Match {
  readonly compiled: CompiledRule;
  /** The folded form of the value, if the match was found in folded text. */
  readonly folded?: string;
}

/** Finds the matches of one rule with a pattern, or of several consecutive rules with detectors. */
type Stage = (
  text: string,
  start: number,
) => {
  readonly hits: readonly Hit[];
  /** True if the text has characters that can hide further matches, see `fold.ts`. */
  readonly isFoldable: boolean;
};

/**
 * A replacement changes the text around other values and can so create a new match. The stages therefore run until they
 * find nothing more, which makes redaction idempotent. Most texts need two rounds. The limit protects against texts
 * that are written to need many.
 */
const MAX_ROUNDS = 8;

/** Compiles rules that apply to the same texts. Consecutive rules with detectors share one scan. */
export function compileProgram(rules: readonly CompiledRule[], labels: ReadonlySet<string>): TextProgram {
  const stages = compileStages(rules, labels);

  function runStage(stage: Stage, text: string, start: number, state: RedactionState): string {
    const { hits, isFoldable } = stage(text, start);
    if (!isFoldable) return replaceAll(text, hits, state);
    const current = runFolded(stage, text, start, state);
    return replaceAll(current, stage(current, start).hits, state);
  }

  /** Replaces matches that are hidden by zero-width characters or other scripts. All other text stays unchanged. */
  function runFolded(stage: Stage, text: string, start: number, state: RedactionState): string {
    const folded = foldText(text);
    const foldedStart = folded.origin.findIndex((index) => index >= start);
    return replaceAll(text, toOriginalPositions(stage(folded.text, foldedStart).hits, folded), state);
  }

  function runStages(text: string, start: number, state: RedactionState): string {
    let current = text;
    for (const stage of stages) current = runStage(stage, current, start, state);
    return current;
  }

  function runRound(text: string, start: number, state: RedactionState): string {
    const plain = unescapeAscii(text);
    const redacted = plain === undefined ? undefined : runStages(plain, start, state);
    return redacted === undefined || redacted === plain ? runStages(text, start, state) : redacted;
  }

  return (text, start, state) => {
    let current = text;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const before = current;
      current = runRound(current, start, state);
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
    const { found, isFoldable } = scan(text, start);
    if (found.length === 0) return { hits: [], isFoldable };
    const isInString = stringTracker(text);
    const hits = found.map((match) => ({
      ...quoteBareNumber(text, match, isInString),
      compiled: compiledBy(match),
    }));
    return { hits, isFoldable };
  };
}

function patternStage(
  compiled: CompiledRule,
  find: (text: string, start: number) => readonly Match[],
): Stage {
  return (text, start) => {
    const hits = find(text, start)
      .filter((match) => !compiled.isExcepted(text.slice(match.start, match.end)))
      .map((match) => ({ ...match, compiled }));
    return { hits, isFoldable: hasFoldable(text) };
  };
}

function isPlaceholder(value: string, labels: ReadonlySet<string>): boolean {
  if (value.length > 128 || !/^(?:\[[A-Z]|\*{4} )/.test(value)) return false;
  if (value.startsWith('*')) return /^\*{4} [0-9A-Za-z]{0,4}$/.test(value);
  const body = /^\[([A-Z][0-9A-Za-z_-]*)\]$/.exec(value)?.[1];
  return body !== undefined && [...labels].some((label) => body === label || body.startsWith(`${label}_`));
}

/** Converts the positions of matches in folded text to positions in the original text. */
function toOriginalPositions(hits: readonly Hit[], { text, origin }: FoldedText): readonly Hit[] {
  return hits.map((hit) => ({
    ...hit,
    start: origin[hit.start] as number,
    end: (origin[hit.end - 1] as number) + 1,
    folded: text.slice(hit.start, hit.end),
  }));
}

function replaceAll(text: string, hits: readonly Hit[], state: RedactionState): string {
  if (hits.length === 0) return text;
  let result = '';
  let last = 0;
  for (const { start, end, quote = '', compiled, folded } of hits) {
    const { rule, label, detector } = compiled;
    const raw = folded ?? text.slice(start, end);
    const value = detector?.normalise(raw) ?? raw;
    result += text.slice(last, start) + quote + replacementOf(rule.replace, label, value, state) + quote;
    last = end;
    state.count(rule.id);
  }
  return result + text.slice(last);
}
