import type { GivenScore } from '../../ingest/accept-scores.ts';
import {
  contentOf,
  type Fields,
  field,
  fieldsIn,
  InvalidItem,
  requiredId,
  textField,
} from '../sdk-http/field-readers.ts';

export type TargetKind = 'span' | 'trace' | 'session';

const MAX_NAME = 200;
const MAX_TEXT = 500;
const MAX_COMMENT = 10_000;
const MAX_METADATA = 64 << 10;

const SOURCES: Readonly<Record<string, string>> = { HUMAN: 'human', LLM: 'llm', CODE: 'code' };

/** An annotation without its target. */
export interface Annotation {
  readonly kind: TargetKind;
  readonly targetId: string;
  readonly score: Omit<GivenScore, 'traceId' | 'spanId' | 'sessionId'>;
}

/** @throws InvalidItem */
export function readAnnotation(kind: TargetKind, fields: Fields): Annotation {
  const name = textField(fields, 'name');
  if (name === undefined) throw new InvalidItem('name is missing');
  if (name.length > MAX_NAME)
    throw new InvalidItem(`name has ${name.length} characters, expected at most ${MAX_NAME}`);
  const result = fieldsIn(fields, 'result');
  const score = field(result, 'score');
  const label = textField(result, 'label')?.slice(0, MAX_TEXT);
  const explanation = textField(result, 'explanation');
  const value =
    typeof score === 'number' && Number.isFinite(score) ? score : (label ?? explanation?.slice(0, MAX_TEXT));
  if (value === undefined) throw new InvalidItem('result has no score, label or explanation');
  const metadata =
    Object.keys(fieldsIn(fields, 'metadata')).length === 0 ? undefined : contentOf(fields.metadata);
  if (metadata !== undefined && metadata.length > MAX_METADATA)
    throw new InvalidItem('metadata is longer than 64 kB');
  return {
    kind,
    targetId: requiredId(fields, `${kind}_id`),
    score: {
      name,
      value,
      label: typeof value === 'number' ? label : undefined,
      source: SOURCES[textField(fields, 'annotator_kind') ?? ''] ?? 'api',
      // Annotations with the same name and identifier replace each other.
      evaluator: textField(fields, 'identifier')?.slice(0, MAX_TEXT),
      comment: explanation?.slice(0, MAX_COMMENT),
      metadata,
      createdUnixNano: undefined,
    },
  };
}

/** A note is an annotation in words. @throws InvalidItem */
export function readNote(kind: TargetKind, fields: Fields): Annotation {
  const note = textField(fields, 'note');
  if (note === undefined) throw new InvalidItem('note is missing');
  return readAnnotation(kind, {
    ...fields,
    name: 'note',
    annotator_kind: 'HUMAN',
    result: { explanation: note },
  });
}
