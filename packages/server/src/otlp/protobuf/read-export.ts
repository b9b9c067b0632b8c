/**
 * The walk through any export request of OTLP in protobuf: resources, their scopes, their records. The three signals
 * have the same shape and the same field numbers.
 * Source: opentelemetry-proto `collector/{trace,logs,metrics}/v1/*_service.proto`, `{trace,logs,metrics}/v1/*.proto`.
 * Fields that are not listed here are skipped.
 */
import type { Attributes, RawResource, RawScope } from '@throughline/spans';
import { Rejection } from '../rejection.ts';
import { LENGTH, type ProtobufReader, tag } from './protobuf-reader.ts';
import { ProtobufValues } from './protobuf-values.ts';

export interface ProtobufRecordReader {
  /** Reads the record that the reader has entered and passes it on. Whatever it throws as a `Rejection` is given to `reject`. */
  record(values: ProtobufValues, resource: RawResource, scope: RawScope): void;
  /** `resource` is absent where it could not be read. */
  reject(rejection: Rejection, resource: RawResource | undefined): void;
}

const NO_ATTRIBUTES: Attributes = new Map();

/**
 * Export…ServiceRequest: 1 resource_…
 *
 * @throws ProtobufError where the message as a whole is not protobuf; what was passed on before is then worthless.
 */
export function readExportProtobuf(reader: ProtobufReader, records: ProtobufRecordReader): void {
  const values = new ProtobufValues(reader);
  while (reader.next()) {
    if (reader.tag === tag(1, LENGTH)) readResource(values, records);
    else reader.skip();
  }
}

/** Resource…: 1 resource, 2 scope_…, 3 schema_url. In any order, therefore read twice. */
function readResource(values: ProtobufValues, records: ProtobufRecordReader): void {
  const { reader } = values;
  const outer = reader.enter();
  const start = reader.position;
  let problem: Rejection | undefined;
  let resource = { attributes: NO_ATTRIBUTES, droppedAttributesCount: 0 };
  let schemaUrl = '';
  while (reader.next()) {
    if (reader.tag === tag(1, LENGTH)) {
      const inner = reader.enter();
      const end = reader.end;
      try {
        resource = values.resource();
      } catch (error) {
        problem = rejection(error, 'in the resource');
        reader.end = end;
      }
      reader.leave(inner);
    } else if (reader.tag === tag(3, LENGTH)) schemaUrl = reader.string();
    else reader.skip();
  }
  const raw: RawResource = { ...resource, schemaUrl };
  reader.rewind(start);
  while (reader.next()) {
    if (reader.tag === tag(2, LENGTH)) readScope(values, records, raw, problem);
    else reader.skip();
  }
  reader.leave(outer);
}

/** Scope…: 1 scope, 2 records, 3 schema_url. In any order, therefore read twice. */
function readScope(
  values: ProtobufValues,
  records: ProtobufRecordReader,
  resource: RawResource,
  resourceProblem: Rejection | undefined,
): void {
  const { reader } = values;
  const outer = reader.enter();
  const start = reader.position;
  let problem = resourceProblem;
  let scope = { name: '', version: '', attributes: NO_ATTRIBUTES, droppedAttributesCount: 0 };
  let schemaUrl = '';
  while (reader.next()) {
    if (reader.tag === tag(1, LENGTH)) {
      const inner = reader.enter();
      const end = reader.end;
      try {
        scope = values.scope();
      } catch (error) {
        problem ??= rejection(error, 'in the scope');
        reader.end = end;
      }
      reader.leave(inner);
    } else if (reader.tag === tag(3, LENGTH)) schemaUrl = reader.string();
    else reader.skip();
  }
  const raw: RawScope = { ...scope, schemaUrl };
  reader.rewind(start);
  while (reader.next()) {
    if (reader.tag !== tag(2, LENGTH)) {
      reader.skip();
      continue;
    }
    const inner = reader.enter();
    const end = reader.end;
    try {
      if (problem) throw problem;
      values.budget.reset();
      records.record(values, resource, raw);
    } catch (error) {
      records.reject(rejection(error), resourceProblem ? undefined : resource);
      reader.end = end;
    }
    reader.leave(inner);
  }
  reader.leave(outer);
}

/** Passes rejections on; anything else ends the whole request. */
export function rejection(error: unknown, where?: string): Rejection {
  if (!(error instanceof Rejection)) throw error;
  return where === undefined ? error : new Rejection(error.reason, `${error.detail} ${where}`);
}
