import { activeSpan, chain, guardrail, markUsed, score } from '@throughline/sdk';
import type { Assistant } from './assistant.ts';
import { converse } from './converse.ts';
import type { ChatMessage } from './generate/messages.ts';
import { checkInput, checkOutput, citedSources, type Verdict } from './guardrails.ts';
import { ANSWER_PROMPT, buildPrompt, documentsAsText, SYSTEM_PROMPT } from './prompt.ts';
import { retrieve } from './retrieve.ts';
import type { ToolDefinition } from './tools.ts';

export interface Question {
  readonly text: string;
  readonly model: string;
  /** Earlier questions and answers of the session. */
  readonly history?: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[];
  readonly stream?: boolean;
  readonly timeoutMs?: number;
}

/**
 * Answers a question in these steps:
 *
 *     rag.handle_query
 *     ├─ input_validation
 *     ├─ retrieval
 *     ├─ prompt
 *     ├─ inference            followed by tools and further inferences if the model calls tools
 *     └─ output_validation
 */
export const answerQuestion = chain(
  async (assistant: Assistant, question: Question): Promise<string> => {
    const inputVerdict = validateInput(question.text);
    if (!inputVerdict.passed)
      return 'I can help with orders, products and services of Fernway. What would you like to know?';

    const passages = await retrieve(assistant, question.text);
    const variables = { documents: documentsAsText(passages), question: question.text };
    const prompt = buildPrompt(ANSWER_PROMPT, variables);
    const text = await converse(assistant, {
      model: question.model,
      system: SYSTEM_PROMPT,
      messages: [...(question.history ?? []), { role: 'user', text: prompt }],
      tools: question.tools ?? [],
      stream: question.stream ?? true,
      ...(question.timeoutMs !== undefined && { timeoutMs: question.timeoutMs }),
    });
    const cited = citedSources(text);
    markUsed(passages.filter(({ id }) => cited.includes(id)));
    score('trace', 'cites-a-source', cited.length > 0, { evaluator: 'citations' });

    const outputVerdict = validateOutput(
      text,
      passages.map(({ id }) => id),
    );
    return outputVerdict.passed ? text : 'I am not sure about that. A colleague will write back to you.';
  },
  { name: 'rag.handle_query', input: (_assistant, { text }) => text },
);

const validateInput = guardrail((text: string) => recordVerdict(checkInput(text)), {
  name: 'input_validation',
});

const validateOutput = guardrail(
  (text: string, sources: readonly string[]) => recordVerdict(checkOutput({ text, sources })),
  { name: 'output_validation', input: (text) => text },
);

/** Records a violated rule as error of the guardrail's span. The request itself continues with another answer. */
function recordVerdict(verdict: Verdict): Verdict {
  if (verdict.rule !== undefined) activeSpan()?.recordError(new BrokenRule(verdict.rule));
  return verdict;
}

class BrokenRule extends Error {
  override readonly name: string;
  constructor(rule: string) {
    super(`Blocked by the rule ${rule}`);
    this.name = `guardrail.${rule}`;
  }
}
