import type { RejectionReason } from '../errors/rejections.ts';

export interface Rejected {
  readonly reason: RejectionReason;
  /** For people: what was found and what was expected. */
  readonly detail: string;
  /** The name of the span, event or metric, where it is known. */
  readonly subject?: string | undefined;
}

/** Thrown while a record is decoded, where the record alone is bad and its neighbours can be kept. */
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

/** Notes which record an error is about, where it is a rejection that does not know yet. */
export function named<Problem>(problem: Problem, name: unknown): Problem {
  if (problem instanceof Rejection && typeof name === 'string' && name !== '') problem.subject ??= name;
  return problem;
}
