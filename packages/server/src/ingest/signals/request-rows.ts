import type { RawResource, RawScope } from '@throughline/spans';
import type { RejectionReason } from '../../errors/rejections.ts';
import type { WarningReason } from '../../errors/warnings.ts';
import { type Rejected, Rejection } from '../../otlp/rejection.ts';
import { isProjectName, PROJECT_NAME_RULE, projectOfResource } from '../../project/project-name.ts';
import { encodeResource, encodeScope } from '../../tables/payload-codec.ts';
import { RowBinaryWriter } from '../../tables/row-binary/row-binary-writer.ts';
import type { Findings, IngestTask, Rejections, Warnings } from '../pool/messages.ts';
import { sdkOf } from './sdk-name.ts';

/** Maximum number of entries for projects with problems. Beyond it, records are counted without their project. */
const MAX_FINDINGS = 100;
const MAX_SUBJECT_LENGTH = 500;

/** Data shared by the rows of one request of any signal: project, resource and scope, and the records with problems. */
export class RequestRows {
  rejected = 0;
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
  readonly #rejections: Found<RejectionReason> = new Map();
  readonly #warnings: Found<WarningReason> = new Map();
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

  /** Counts a record that is not stored. */
  reject(rejected: Rejected, resource: RawResource | undefined): void {
    this.rejected++;
    this.#count(this.#rejections, rejected, resource);
  }

  /** Counts a record that is stored but looks wrong. */
  warn(warning: Finding<WarningReason>, resource: RawResource): void {
    this.#count(this.#warnings, warning, resource);
  }

  rejections(): Rejections[] {
    return [...this.#rejections.values()];
  }

  warnings(): Warnings[] {
    return [...this.#warnings.values()];
  }

  #count<Reason>(
    found: Found<Reason>,
    { reason, detail, subject }: Finding<Reason>,
    resource: RawResource | undefined,
  ): void {
    const isCrowded = found.size >= MAX_FINDINGS;
    const project = (isCrowded || !resource ? undefined : this.#project.of(resource)) || undefined;
    const key = JSON.stringify([reason, project]);
    const known = found.get(key);
    if (known) known.count++;
    else
      found.set(key, {
        reason,
        project,
        count: 1,
        example: detail,
        subject: subject?.slice(0, MAX_SUBJECT_LENGTH),
        sdk: resource && sdkOf(resource),
      });
  }
}

/** A problem of one record. `detail` is what was found and what was expected; `subject` is the name of the record. */
interface Finding<Reason> {
  readonly reason: Reason;
  readonly detail: string;
  readonly subject?: string | undefined;
}

/** Findings by reason and project. */
type Found<Reason> = Map<string, Findings<Reason> & { count: number }>;

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
