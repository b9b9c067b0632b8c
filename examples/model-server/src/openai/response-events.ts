import type { StreamEvent } from '../sse.ts';
import { splitArguments, splitIntoChunks } from '../tokens.ts';

interface TextPart {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly unknown[];
  readonly logprobs: readonly unknown[];
}

export type OutputItem =
  | {
      readonly type: 'reasoning';
      readonly id: string;
      readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
      readonly status: string;
    }
  | {
      readonly type: 'message';
      readonly id: string;
      readonly role: 'assistant';
      readonly status: string;
      readonly content: readonly TextPart[];
    }
  | {
      readonly type: 'function_call';
      readonly id: string;
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
      readonly status: string;
    };

interface NumberedEvent {
  readonly type: string;
  readonly generated?: boolean;
  readonly [field: string]: unknown;
}

interface Answer {
  readonly status: string;
  readonly output: readonly OutputItem[];
}

/**
 * Returns the numbered events of a streamed response: `created` and `in_progress`, then `added`, deltas and `done` for
 * every item, and finally `completed` or `incomplete`.
 */
export function responseEvents(answer: Answer): StreamEvent[] {
  const started = { ...answer, status: 'in_progress', output: [], usage: null };
  const events: NumberedEvent[] = [
    { type: 'response.created', response: started },
    { type: 'response.in_progress', response: started },
    ...answer.output.flatMap((item, index) => itemEvents(item, index)),
    { type: `response.${answer.status}`, response: answer },
  ];
  return events.map(({ generated, ...data }, number) => ({
    event: data.type,
    data: { ...data, sequence_number: number },
    generated: generated === true,
  }));
}

export function responseErrorEvent(message: string): StreamEvent {
  return {
    event: 'error',
    data: { type: 'error', code: 'server_error', message, param: null, sequence_number: 0 },
  };
}

function itemEvents(item: OutputItem, outputIndex: number): NumberedEvent[] {
  const at = { output_index: outputIndex, item_id: item.id };
  const done = { type: 'response.output_item.done', output_index: outputIndex, item };
  const added = (empty: unknown) => ({
    type: 'response.output_item.added',
    output_index: outputIndex,
    item: empty,
  });

  switch (item.type) {
    case 'reasoning': {
      const text = item.summary[0]?.text ?? '';
      const part = { ...at, summary_index: 0 };
      return [
        added({ ...item, summary: [], status: 'in_progress' }),
        { type: 'response.reasoning_summary_part.added', ...part, part: { type: 'summary_text', text: '' } },
        ...splitIntoChunks(text).map((delta) => ({
          type: 'response.reasoning_summary_text.delta',
          ...part,
          delta,
          generated: true,
        })),
        { type: 'response.reasoning_summary_text.done', ...part, text },
        { type: 'response.reasoning_summary_part.done', ...part, part: { type: 'summary_text', text } },
        done,
      ];
    }
    case 'message': {
      const [content] = item.content;
      const text = content?.text ?? '';
      const part = { ...at, content_index: 0 };
      return [
        added({ ...item, content: [], status: 'in_progress' }),
        { type: 'response.content_part.added', ...part, part: { ...content, text: '' } },
        ...splitIntoChunks(text).map((delta) => ({
          type: 'response.output_text.delta',
          ...part,
          delta,
          logprobs: [],
          generated: true,
        })),
        { type: 'response.output_text.done', ...part, text, logprobs: [] },
        { type: 'response.content_part.done', ...part, part: content },
        done,
      ];
    }
    case 'function_call':
      return [
        added({ ...item, arguments: '', status: 'in_progress' }),
        ...splitArguments(item.arguments).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          ...at,
          delta,
          generated: true,
        })),
        { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
        done,
      ];
  }
}
