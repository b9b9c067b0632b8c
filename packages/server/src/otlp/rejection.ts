import type { RejectionReason } from '../errors/rejections.ts';

export interface Rejected {
  readonly reason: RejectionReason;
  /** A sentence with the value that was found and the value that was expected. */
  readonly detail: string;
  /** Name of the span, event or metric, if it is known. */
  readonly subject?: string | undefined;
}

/** Thrown while a record is decoded if only this record is invalid, so that the other records can be stored. */
export class Rejection extends Error implements Rejected {
  override readonly name = 'Rejection';
  readonly reason: RejectionReason;
  readonly detail: string;
  subject: string | undefined;
  constructor(reason: RejectionReason, detail: string) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Adds the name of the record to a rejection that does not have one yet. */
export function named<Problem>(problem: Problem, name: unknown): Problem {
  if (problem instanceof Rejection && typeof name === 'string' && name !== '') problem.subject ??= name;
  return problem;
}
