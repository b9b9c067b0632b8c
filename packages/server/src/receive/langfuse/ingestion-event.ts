import {
  describe,
  type Fields,
  field,
  InvalidItem,
  isFields,
  textField,
  timeField,
} from '../sdk-http/field-readers.ts';

/** Types of observations in the names of event types such as `generation-create`. */
const OBSERVATION_TYPES = [
  'span',
  'generation',
  'event',
  'agent',
  'tool',
  'chain',
  'retriever',
  'evaluator',
  'embedding',
  'guardrail',
] as const;

export type EventKind = 'trace' | 'observation' | 'score' | 'log';

/** One event of a batch. */
export interface IngestionEvent {
  readonly kind: EventKind;
  readonly body: Fields;
  readonly timeUnixNano: bigint | undefined;
  /** For observations: the type in the name of the event. */
  readonly observationType: string | undefined;
  readonly isUpdate: boolean;
}

interface TypeRow {
  readonly kind: EventKind;
  readonly observationType?: string;
  readonly isUpdate?: boolean;
}

/** All types of events, as in version 3 of Langfuse. */
const TYPES: ReadonlyMap<string, TypeRow> = new Map<string, TypeRow>([
  ['trace-create', { kind: 'trace' }],
  ['score-create', { kind: 'score' }],
  ['sdk-log', { kind: 'log' }],
  ['observation-create', { kind: 'observation' }],
  ['observation-update', { kind: 'observation', isUpdate: true }],
  ...OBSERVATION_TYPES.flatMap((observationType): [string, TypeRow][] => [
    [`${observationType}-create`, { kind: 'observation', observationType }],
    [`${observationType}-update`, { kind: 'observation', observationType, isUpdate: true }],
  ]),
]);

/** @throws InvalidItem */
export function readEvent(event: Fields): IngestionEvent {
  const type = field(event, 'type');
  if (type === 'dataset-run-item-create')
    throw new InvalidItem('Throughline does not have datasets, so it does not store dataset run items');
  const row = typeof type === 'string' ? TYPES.get(type) : undefined;
  if (!row) throw new InvalidItem(`type is ${describe(type)}, expected a type such as "generation-create"`);
  const body = field(event, 'body');
  if (!isFields(body)) throw new InvalidItem(`body is ${describe(body)}, expected an object`);
  return {
    kind: row.kind,
    body,
    timeUnixNano: timeField(event, 'timestamp'),
    observationType: row.observationType ?? textField(body, 'type')?.toLowerCase(),
    isUpdate: row.isUpdate === true,
  };
}
