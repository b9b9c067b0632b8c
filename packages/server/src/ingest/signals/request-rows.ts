import type { RawResource, RawScope } from '@throughline/spans';
import { type Rejected, Rejection } from '../../otlp/rejection.ts';
import { isProjectName, PROJECT_NAME_RULE, projectOfResource } from '../../project/project-name.ts';
import { encodeResource, encodeScope } from '../../tables/payload-codec.ts';
import { RowBinaryWriter } from '../../tables/row-binary/row-binary-writer.ts';
import type { IngestTask, Rejections } from '../pool/messages.ts';
import { sdkOf } from './sdk-name.ts';

/** Maximum number of entries for rejected records. Beyond it, records are counted without their project. */
const MAX_REJECTIONS = 100;
const MAX_SUBJECT_LENGTH = 500;

/** Data shared by the rows of one request of any signal: project, resource and scope, and the rejected records. */
export class RequestRows {
  rejected = 0;
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
  readonly #rejections = new Map<string, Rejections & { count: number }>();
  /** Empty if the name is not valid. */
  readonly #project: Latest<RawResource, string>;
  readonly #resource: Latest<RawResource, Uint8Array>;
  readonly #scope: Latest<RawScope, Uint8Array>;

  constructor(task: IngestTask, shared: RowBinaryWriter) {
    this.version = task.receivedUnixNano;
    const encodeText = (text: string): Uint8Array => {
      shared.reset();
      shared.string(text);
      return shared.toBytes();
    };
    this.#project = new Latest((resource) => {
      const name = task.project ?? projectOfResource(resource);
      return isProjectName(name) ? name : '';
    });
    this.#resource = new Latest((resource) => encodeText(encodeResource(resource)));
    this.#scope = new Latest((scope) => encodeText(encodeScope(scope)));
  }

  /** @throws Rejection invalid-project */
  projectOf(resource: RawResource): string {
    const project = this.#project.of(resource);
    if (project === '')
      throw new Rejection('invalid-project', `the project name is not ${PROJECT_NAME_RULE}`);
    return project;
  }

  /** The encoded resource as RowBinary text. */
  resource(resource: RawResource): Uint8Array {
    return this.#resource.of(resource);
  }

  /** The encoded scope as RowBinary text. */
  scope(scope: RawScope): Uint8Array {
    return this.#scope.of(scope);
  }

  reject({ reason, detail, subject }: Rejected, resource: RawResource | undefined): void {
    this.rejected++;
    const crowded = this.#rejections.size >= MAX_REJECTIONS;
    const project = (crowded || !resource ? undefined : this.#project.of(resource)) || undefined;
    const key = JSON.stringify([reason, project]);
    const known = this.#rejections.get(key);
    if (known) known.count++;
    else
      this.#rejections.set(key, {
        reason,
        project,
        count: 1,
        example: detail,
        subject: subject?.slice(0, MAX_SUBJECT_LENGTH),
        sdk: resource && sdkOf(resource),
      });
  }

  rejections(): Rejections[] {
    return [...this.#rejections.values()];
  }
}

/** Creates a small buffer for texts that many rows share. */
export function createSharedWriter(): RowBinaryWriter {
  return new RowBinaryWriter(1 << 12, 1 << 20);
}

/** Caches the last result, because records of the same resource follow one another. */
class Latest<Key, Value> {
  #key: Key | undefined;
  #value: Value | undefined;
  readonly #compute: (key: Key) => Value;

  constructor(compute: (key: Key) => Value) {
    this.#compute = compute;
  }

  of(key: Key): Value {
    if (this.#value === undefined || this.#key !== key) {
      this.#value = this.#compute(key);
      this.#key = key;
    }
    return this.#value;
  }
}
