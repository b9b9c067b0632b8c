import { present, record, text } from '../../core/json.ts';
import type { CallFacts, Operation } from '../operation.ts';

/** Batch API. The call returns before any model responds, so it is recorded as a plain step, not as a model call. */
export function batch(method: string): Operation {
  return {
    operation: `batches.${method}`,
    kind: 'span',
    request: (body) => ({ input: () => body }),
    response: batchAnswer,
  };
}

function batchAnswer(answer: unknown): CallFacts {
  const { id, status, endpoint } = record(answer);
  return {
    output: () => answer,
    attributes: present({
      'openai.batch.id': text(id),
      'openai.batch.status': text(status),
      'openai.batch.endpoint': text(endpoint),
    }),
  };
}
