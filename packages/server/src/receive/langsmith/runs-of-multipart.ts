import { jsonDepth } from '../../memory/json-size.ts';
import { describe, type Fields, InvalidItem, isFields } from '../sdk-http/field-readers.ts';
import { MAX_JSON_DEPTH } from '../sdk-http/sdk-body.ts';
import type { ItemError } from '../sdk-http/sdk-endpoint.ts';
import type { Part } from './multipart.ts';
import type { Run } from './patch-of-run.ts';

export interface RunsOfMultipart {
  readonly runs: readonly Run[];
  readonly feedback: readonly Fields[];
  readonly errors: readonly ItemError[];
}

/** Fields of a run that are sent as separate parts of the multipart body. */
const PART_FIELDS: ReadonlySet<string> = new Set([
  'inputs',
  'outputs',
  'events',
  'extra',
  'error',
  'serialized',
]);

interface OpenRun {
  fields: Fields | undefined;
  readonly texts: Map<string, string>;
}

/**
 * Reads the parts of `POST /runs/multipart`. Their names are `post.<run id>` and `patch.<run id>` for runs,
 * `post.<run id>.<field>` for large fields, `attachment.<run id>.<name>` and `feedback.<id>`.
 */
export function runsOfMultipart(parts: readonly Part[]): RunsOfMultipart {
  const open = new Map<string, OpenRun>();
  const attachments = new Map<string, Fields[]>();
  const feedback: Fields[] = [];
  const errors: ItemError[] = [];
  for (const { name, bytes, contentType } of parts) {
    const [event = '', id = '', ...rest] = name.split('.');
    const fieldName = rest.join('.');
    try {
      if (event === 'attachment') {
        const known = attachments.get(id) ?? [];
        attachments.set(id, known);
        known.push({ name: fieldName, content_type: contentType, bytes: bytes.length });
      } else if (event === 'feedback') {
        checkDepth(bytes);
        feedback.push(parseFields(bytes));
      } else if (event === 'post' || event === 'patch') addPart(`${event}.${id}`, fieldName, bytes);
      else
        throw new InvalidItem(`the part is named ${describe(name)}, expected a name such as "post.<run id>"`);
    } catch (error) {
      if (!(error instanceof InvalidItem)) throw error;
      errors.push({ id, message: error.message });
    }
  }
  const runs: Run[] = [];
  for (const [key, { fields, texts }] of open) {
    const [event, id = ''] = key.split('.');
    if (fields === undefined) errors.push({ id, message: `the part ${key} is missing` });
    else runs.push({ isPatch: event === 'patch', id, fields, texts, attachments: attachments.get(id) ?? [] });
  }
  return { runs, feedback, errors };

  function addPart(key: string, fieldName: string, bytes: Buffer): void {
    if (fieldName !== '' && !PART_FIELDS.has(fieldName))
      throw new InvalidItem(`${describe(fieldName)} is not a field of a run`);
    checkDepth(bytes);
    const fields = fieldName === '' ? parseFields(bytes) : undefined;
    const run = open.get(key) ?? { fields: undefined, texts: new Map<string, string>() };
    open.set(key, run);
    if (fields) run.fields = fields;
    else run.texts.set(fieldName, bytes.toString());
  }
}

/** @throws InvalidItem */
function checkDepth(bytes: Buffer): void {
  if (jsonDepth(bytes) > MAX_JSON_DEPTH)
    throw new InvalidItem(`the part is nested more than ${MAX_JSON_DEPTH} levels deep`);
}

/** @throws InvalidItem */
function parseFields(bytes: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new InvalidItem('the part is not JSON');
  }
  if (!isFields(value)) throw new InvalidItem(`the part is ${describe(value)}, expected an object`);
  return value;
}
