/**
 * Reads any OTLP export request in protobuf: resources, their scopes, and their records. The messages of the three
 * signals have the same structure and the same field numbers.
 * Source: opentelemetry-proto `collector/{trace,logs,metrics}/v1/*_service.proto`, `{trace,logs,metrics}/v1/*.proto`.
 * Fields that are not listed here are skipped.
 */
import type { Attributes, RawResource, RawScope } from '@throughline/spans';
import { Rejection } from '../rejection.ts';
import { LENGTH, type ProtobufReader, tag } from './protobuf-reader.ts';
import { ProtobufValues } from './protobuf-values.ts';

export interface ProtobufRecordReader {
  /** Reads the record that the reader has entered and passes it on. If it throws a `Rejection`, `reject` is called with it. */
  record(values: ProtobufValues, resource: RawResource, scope: RawScope): void;
  /** `resource` is undefined if it cannot be read. */
  reject(rejection: Rejection, resource: RawResource | undefined): void;
}

const NO_ATTRIBUTES: Attributes = new Map();

/**
 * Export…ServiceRequest: 1 resource_…
 *
 * @throws ProtobufError if the message is not valid protobuf; discard the records that were passed on before
 */
export function readExportProtobuf(reader: ProtobufReader, records: ProtobufRecordReader): void {
  const values = new ProtobufValues(reader);
  while (reader.next()) {
    if (reader.tag === tag(1, LENGTH)) readResource(values, records);
    else reader.skip();
  }
}

/** Resource…: 1 resource, 2 scope_…, 3 schema_url. The fields can have any order, so the message is read twice. */
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

/** Scope…: 1 scope, 2 records, 3 schema_url. The fields can have any order, so the message is read twice. */
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

/** Returns rejections. Any other error ends the whole request. */
export function rejection(error: unknown, where?: string): Rejection {
  if (!(error instanceof Rejection)) throw error;
  return where === undefined ? error : new Rejection(error.reason, `${error.detail} ${where}`);
}
