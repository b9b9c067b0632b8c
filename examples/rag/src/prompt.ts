import { readFileSync } from 'node:fs';
import { observe } from '@throughline/sdk';
import type { Passage } from './handbook.ts';

export const SYSTEM_PROMPT = readFileSync(new URL('../prompts/support-system.md', import.meta.url), 'utf8');

/** A versioned prompt with placeholders such as `{{name}}`. */
export interface PromptTemplate {
  readonly name: string;
  readonly version: string;
  readonly template: string;
}

export const ANSWER_PROMPT: PromptTemplate = {
  name: 'handbook-answer',
  version: '3',
  template: 'Answer from these documents of the handbook.\n\n{{documents}}\n\nQuestion: {{question}}',
};

export const SUMMARY_PROMPT: PromptTemplate = {
  name: 'handbook-summary',
  version: '1',
  template: 'Summarise for {{audience}}, one sentence for each document, with its source.\n\n{{documents}}',
};

export function fillTemplate(prompt: PromptTemplate, variables: Readonly<Record<string, string>>): string {
  return prompt.template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => variables[name] ?? '');
}

/** Fills a template and records it as a span with the name, version, template and variables of the prompt. */
export function buildPrompt(prompt: PromptTemplate, variables: Readonly<Record<string, string>>): string {
  const build = observe(fillTemplate, {
    name: 'prompt',
    kind: 'prompt',
    promptName: prompt.name,
    promptVersion: prompt.version,
    promptTemplate: prompt.template,
    promptVariables: variables,
    input: false,
  });
  return build(prompt, variables);
}

export function documentsAsText(passages: readonly Passage[]): string {
  return passages
    .map(({ id, title, text }) => `<document id="${id}" title="${title}">${text}</document>`)
    .join('\n');
}
