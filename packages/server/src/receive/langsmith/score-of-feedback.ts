import type { GivenScore } from '../../ingest/accept-scores.ts';
import {
  contentOf,
  describe,
  type Fields,
  field,
  InvalidItem,
  idField,
  isFields,
  textField,
} from '../sdk-http/field-readers.ts';

const MAX_NAME = 200;
const MAX_TEXT = 500;
const MAX_COMMENT = 10_000;

/** The run that a feedback is about. @throws InvalidItem */
export function runOfFeedback(feedback: Fields): string {
  const runId = idField(feedback, 'run_id');
  if (runId === undefined)
    throw new InvalidItem('run_id is missing; Throughline does not store feedback on whole projects');
  return runId;
}

/** The score of a feedback, without the trace, which the feedback may not name. @throws InvalidItem */
export function scoreOfFeedback(feedback: Fields): Omit<GivenScore, 'traceId'> {
  const name = textField(feedback, 'key');
  if (name === undefined) throw new InvalidItem('key is missing');
  if (name.length > MAX_NAME)
    throw new InvalidItem(`key has ${name.length} characters, expected at most ${MAX_NAME}`);
  const source = field(feedback, 'feedback_source');
  const type = isFields(source) ? textField(source, 'type') : undefined;
  const correction = contentOf(field(feedback, 'correction'));
  return {
    id: idField(feedback, 'id'),
    spanId: runOfFeedback(feedback),
    sessionId: '',
    name,
    ...feedbackValue(feedback),
    source: (type && SOURCES[type]) ?? 'api',
    comment: textField(feedback, 'comment')?.slice(0, MAX_COMMENT),
    metadata: correction === undefined ? undefined : JSON.stringify({ correction }),
    createdUnixNano: undefined,
  };
}

const SOURCES: Readonly<Record<string, string>> = { model: 'llm', app: 'human', api: 'api' };

/** A feedback has a score, a value, or both: then the value is the meaning of the score in words. @throws InvalidItem */
function feedbackValue(feedback: Fields): Pick<GivenScore, 'value' | 'label'> {
  const score = field(feedback, 'score');
  const value = contentOf(field(feedback, 'value'))?.slice(0, MAX_TEXT);
  if (typeof score === 'boolean' || (typeof score === 'number' && Number.isFinite(score)))
    return { value: score, label: value };
  if (score !== undefined)
    throw new InvalidItem(`score is ${describe(score)}, expected a number or a boolean`);
  if (value !== undefined && value !== '') return { value };
  const comment = textField(feedback, 'comment') ?? contentOf(field(feedback, 'correction'));
  if (comment === undefined) throw new InvalidItem('score and value are missing');
  return { value: comment.slice(0, MAX_TEXT) };
}
