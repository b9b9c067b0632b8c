import type { Detector, Match } from '../detectors/detector.ts';
import type { Rule } from '../rules/rules.ts';
import { quoteBareNumber, stringTracker } from '../scan/bare-number.ts';
import { unescapeAscii } from '../scan/json-escapes.ts';
import { compileScan, type Found } from '../scan/scan.ts';
import { type FoldedText, foldText, hasFoldable } from '../text/fold.ts';
import { type ReplacementContext, replacementOf } from './replacement.ts';

/** A rule and what it was compiled to: a detector, or a function that finds the matches of a pattern. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly label: string;
  readonly detector?: Detector;
  readonly findPattern?: (text: string, start: number) => readonly Match[];
  /** True for a value on the rule's allow list. */
  readonly isExcepted: (value: string) => boolean;
}

/** State of one call: what replacements need, and the counter of replacements. */
export interface Session extends ReplacementContext {
  count(ruleId: string): void;
}

/** Redacts one text. The part before `start` is only read for the words in it. */
export type TextProgram = (text: string, start: number, session: Session) => string;

interface Hit extends Match {
  readonly compiled: CompiledRule;
  /** The value as it is read, if that is not how it is written. */
  readonly folded?: string;
}

type Stage = (
  text: string,
  start: number,
) => {
  readonly hits: readonly Hit[];
  /** The text has characters that may hide more, see `fold.ts`. */
  readonly isFoldable: boolean;
};

/**
 * A replacement may bring its neighbours together or make room for another match, so the stages run until they find
 * nothing more. A second redaction then finds nothing either. Most texts take two rounds; the bound is for texts made to
 * need many.
 */
const MAX_ROUNDS = 8;

/** Compiles rules that apply to the same texts. Neighbouring rules with detectors share one scan. */
export function compileProgram(rules: readonly CompiledRule[], labels: ReadonlySet<string>): TextProgram {
  const stages = compileStages(rules, labels);

  function runStage(stage: Stage, text: string, start: number, session: Session): string {
    const { hits, isFoldable } = stage(text, start);
    if (!isFoldable) return replaceAll(text, hits, session);
    const current = runFolded(stage, text, start, session);
    return replaceAll(current, stage(current, start).hits, session);
  }

  /** Finds what characters of no width or of other scripts hide, and leaves all other text as it is. */
  function runFolded(stage: Stage, text: string, start: number, session: Session): string {
    const folded = foldText(text);
    const foldedStart = folded.origin.findIndex((index) => index >= start);
    return replaceAll(text, unfold(stage(folded.text, foldedStart).hits, folded), session);
  }

  function runStages(text: string, start: number, session: Session): string {
    let current = text;
    for (const stage of stages) current = runStage(stage, current, start, session);
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

/** Moves matches in folded text to where they stand in the original text. */
function unfold(hits: readonly Hit[], { text, origin }: FoldedText): readonly Hit[] {
  return hits.map((hit) => ({
    ...hit,
    start: origin[hit.start] as number,
    end: (origin[hit.end - 1] as number) + 1,
    folded: text.slice(hit.start, hit.end),
  }));
}

function replaceAll(text: string, hits: readonly Hit[], session: Session): string {
  if (hits.length === 0) return text;
  let result = '';
  let last = 0;
  for (const { start, end, quote = '', compiled, folded } of hits) {
    const { rule, label, detector } = compiled;
    const raw = folded ?? text.slice(start, end);
    const value = detector?.normalise(raw) ?? raw;
    result += text.slice(last, start) + quote + replacementOf(rule.replace, label, value, session) + quote;
    last = end;
    session.count(rule.id);
  }
  return result + text.slice(last);
}
