import type { CriticalPath } from '../critical-path.ts';
import type { TraceLayout } from '../trace-layout.ts';
import { concludeClocks } from './conclude-clocks.ts';
import { concludeConcurrency } from './conclude-concurrency.ts';
import { concludeCost } from './conclude-cost.ts';
import { concludeErrors } from './conclude-errors.ts';
import { concludeRunning } from './conclude-running.ts';
import { concludeTime } from './conclude-time.ts';
import { evidenceOf } from './evidence.ts';
import type { Conclusion, ConclusionSentence } from './sentence.ts';

/** Maximum number of sentences. People do not read more. */
const MOST_SENTENCES = 4;

/**
 * What happened in a trace, in a few sentences: what it waits for if it is running, what failed and what came of it, where
 * the time and the money went. A failure that ended the trace comes first; one that the trace survived comes last.
 */
export function concludeTrace(layout: TraceLayout, path?: CriticalPath): Conclusion {
  const evidence = evidenceOf(layout, path);
  const errors = concludeErrors(evidence);
  const fatal = errors?.cause === 'failed-trace' || errors?.cause === 'failed-retries';
  const sentences = [
    concludeRunning(evidence),
    fatal ? errors : undefined,
    concludeTime(evidence),
    concludeConcurrency(evidence),
    concludeCost(evidence),
    fatal ? undefined : errors,
    concludeClocks(evidence),
  ].filter((sentence): sentence is ConclusionSentence => sentence !== undefined);
  return { sentences: sentences.slice(0, MOST_SENTENCES) };
}
