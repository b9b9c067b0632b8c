import { setPromptTemplate } from '@arizeai/openinference-core';
import { context, SpanStatusCode } from '@opentelemetry/api';
import type { Assistant } from './assistant.ts';
import { converse } from './converse.ts';
import type { ChatMessage } from './generate/messages.ts';
import { checkInput, checkOutput, type Verdict } from './guardrails.ts';
import { ANSWER_PROMPT, documentsAsText, fillTemplate, SYSTEM_PROMPT } from './prompt.ts';
import { retrieve } from './retrieve.ts';
import { inSpan, valueAttributes } from './telemetry/spans.ts';
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
 *     rag.handle_query
 *     ├─ input_validation
 *     ├─ retrieval
 *     ├─ prompt
 *     ├─ inference            and, where the model wants them: tool, inference
 *     └─ output_validation
 */
export function answerQuestion(assistant: Assistant, question: Question): Promise<string> {
  const { tracer } = assistant;
  return inSpan(
    tracer,
    'rag.handle_query',
    'CHAIN',
    valueAttributes('input', question.text),
    async (span) => {
      const answer = await answerSafely(assistant, question);
      span.setAttributes(valueAttributes('output', answer));
      return answer;
    },
  );
}

async function answerSafely(assistant: Assistant, question: Question): Promise<string> {
  const asked = await guard(assistant, 'input_validation', question.text, () => checkInput(question.text));
  if (!asked.passed)
    return 'I can help with orders, products and services of Fernway. What would you like to know?';

  const passages = await retrieve(assistant, question.text);
  const variables = { documents: documentsAsText(passages), question: question.text };
  const prompt = await buildPrompt(assistant, variables);
  const text = await context.with(
    setPromptTemplate(context.active(), {
      template: ANSWER_PROMPT.template,
      version: ANSWER_PROMPT.version,
      variables: { question: question.text },
    }),
    () =>
      converse(assistant, {
        model: question.model,
        system: SYSTEM_PROMPT,
        messages: [...(question.history ?? []), { role: 'user', text: prompt }],
        tools: question.tools ?? [],
        stream: question.stream ?? true,
        ...(question.timeoutMs !== undefined && { timeoutMs: question.timeoutMs }),
      }),
  );

  const answer = { text, sources: passages.map(({ id }) => id) };
  const said = await guard(assistant, 'output_validation', text, () => checkOutput(answer));
  return said.passed ? text : 'I am not sure about that. A colleague will write back to you.';
}

function buildPrompt(assistant: Assistant, variables: Readonly<Record<string, string>>): Promise<string> {
  const attributes = {
    'gen_ai.prompt.name': ANSWER_PROMPT.name,
    'llm.prompt_template.template': ANSWER_PROMPT.template,
    'llm.prompt_template.version': ANSWER_PROMPT.version,
    'llm.prompt_template.variables': JSON.stringify(variables),
  };
  return inSpan(assistant.tracer, 'prompt', 'PROMPT', attributes, async (span) => {
    const prompt = fillTemplate(ANSWER_PROMPT, variables);
    span.setAttributes(valueAttributes('output', prompt));
    return prompt;
  });
}

/** A broken rule is an error of the guardrail's span; the request goes on with another answer. */
function guard(assistant: Assistant, name: string, text: string, check: () => Verdict): Promise<Verdict> {
  return inSpan(assistant.tracer, name, 'GUARDRAIL', valueAttributes('input', text), async (span) => {
    const verdict = check();
    span.setAttributes(valueAttributes('output', verdict));
    if (verdict.rule !== undefined) {
      span.setAttribute('error.type', `guardrail.${verdict.rule}`);
      span.setStatus({ code: SpanStatusCode.ERROR, message: `Blocked by the rule ${verdict.rule}` });
    }
    return verdict;
  });
}
