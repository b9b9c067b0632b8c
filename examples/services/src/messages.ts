/** What waits in the queue. */
export interface QueuedQuestion {
  readonly id: string;
  readonly question: string;
  /** Empty where nobody searched. */
  readonly documents: readonly { readonly id: string; readonly content: string }[];
  /** The trace that the question belongs to, as `inject` of either language wrote it. */
  readonly trace: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly text: string;
}

/** The example trusts its own queue; one with other writers would check every field. */
export function decodeQuestion(message: unknown): QueuedQuestion {
  const { id, question, documents, trace } = message as Partial<QueuedQuestion>;
  if (typeof id !== 'string' || typeof question !== 'string')
    throw new TypeError(`Expected a question with an id, found ${JSON.stringify(message).slice(0, 200)}`);
  return { id, question, documents: documents ?? [], trace: trace ?? {} };
}
