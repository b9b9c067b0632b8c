/** A message in the queue. */
export interface QueuedQuestion {
  readonly id: string;
  readonly question: string;
  /** Empty if there was no search. */
  readonly documents: readonly { readonly id: string; readonly content: string }[];
  /** Trace context of the question, as written by `inject` in TypeScript or Python. */
  readonly trace: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly text: string;
}

/** The example trusts its own queue. If others can write to a queue, check every field. */
export function decodeQuestion(message: unknown): QueuedQuestion {
  const { id, question, documents, trace } = message as Partial<QueuedQuestion>;
  if (typeof id !== 'string' || typeof question !== 'string')
    throw new TypeError(`Expected a question with an id, found ${JSON.stringify(message).slice(0, 200)}`);
  return { id, question, documents: documents ?? [], trace: trace ?? {} };
}
