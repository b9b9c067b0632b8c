import { chain } from '@throughline/sdk';
import type { Assistant } from './assistant.ts';
import { converse } from './converse.ts';
import { documentsAsText, fillTemplate, SUMMARY_PROMPT } from './prompt.ts';

export interface SummaryTask {
  /** Files of the handbook. Each is summarised in its own branch. */
  readonly topics: readonly string[];
  readonly audience: string;
  readonly model: string;
  readonly timeoutMs?: number;
}

/**
 * Summarises several topics in parallel and combines the summaries:
 *
 *     summarise_handbook
 *     ├─ map returns    ─ inference     in parallel
 *     ├─ map shipping   ─ inference
 *     ├─ map warranty   ─ inference
 *     └─ reduce         ─ inference
 */
export const summariseHandbook = chain(
  async (assistant: Assistant, task: SummaryTask): Promise<string> => {
    const parts = await Promise.all(
      task.topics.map((topic) => {
        const passages = assistant.handbook.filter(({ id }) => id.startsWith(`${topic}/`));
        return summarise(assistant, `map ${topic}`, documentsAsText(passages), task);
      }),
    );
    const joined = parts
      .map(
        (text, index) =>
          `<document id="${task.topics[index]}" title="${task.topics[index]}">${text}</document>`,
      )
      .join('\n');
    return summarise(assistant, 'reduce', joined, task);
  },
  {
    name: 'summarise_handbook',
    input: (_assistant, { topics, audience }) => ({ topics, audience }),
  },
);

function summarise(
  assistant: Assistant,
  name: string,
  documents: string,
  task: SummaryTask,
): Promise<string> {
  const run = chain(
    (text: string) =>
      converse(assistant, {
        model: task.model,
        system: 'You write summaries for readers in a hurry.',
        messages: [
          {
            role: 'user',
            text: fillTemplate(SUMMARY_PROMPT, { documents: text, audience: task.audience }),
          },
        ],
        tools: [],
        stream: false,
        ...(task.timeoutMs !== undefined && { timeoutMs: task.timeoutMs }),
      }),
    // The span of the model call already contains the documents.
    { name, input: false },
  );
  return run(documents);
}
