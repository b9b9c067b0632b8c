import type { Assistant } from './assistant.ts';
import { converse } from './converse.ts';
import { documentsAsText, fillTemplate, SUMMARY_PROMPT } from './prompt.ts';
import { inSpan, valueAttributes } from './telemetry/spans.ts';

export interface SummaryTask {
  /** Files of the handbook, one branch each. */
  readonly topics: readonly string[];
  readonly audience: string;
  readonly model: string;
  readonly timeoutMs?: number;
}

/**
 *     summarise_handbook
 *     ├─ map returns    ─ inference     at the same time
 *     ├─ map shipping   ─ inference
 *     ├─ map warranty   ─ inference
 *     └─ reduce         ─ inference
 */
export function summariseHandbook(assistant: Assistant, task: SummaryTask): Promise<string> {
  const attributes = valueAttributes('input', { topics: task.topics, audience: task.audience });
  return inSpan(assistant.tracer, 'summarise_handbook', 'CHAIN', attributes, async (span) => {
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
    const summary = await summarise(assistant, 'reduce', joined, task);
    span.setAttributes(valueAttributes('output', summary));
    return summary;
  });
}

function summarise(
  assistant: Assistant,
  name: string,
  documents: string,
  task: SummaryTask,
): Promise<string> {
  return inSpan(assistant.tracer, name, 'CHAIN', {}, async (span) => {
    const text = await converse(assistant, {
      model: task.model,
      system: 'You write summaries for readers in a hurry.',
      messages: [
        { role: 'user', text: fillTemplate(SUMMARY_PROMPT, { documents, audience: task.audience }) },
      ],
      tools: [],
      stream: false,
      ...(task.timeoutMs !== undefined && { timeoutMs: task.timeoutMs }),
    });
    span.setAttributes(valueAttributes('output', text));
    return text;
  });
}
