import { describe, expect, it } from 'vitest';
import { classifyAttribute } from './classify-attribute.ts';

describe('classifyAttribute', () => {
  it.each([
    'input.value',
    'gen_ai.input.messages',
    'gen_ai.system_instructions',
    'gen_ai.prompt',
    'gen_ai.tool.call.arguments',
    'gen_ai.retrieval.query.text',
    'gen_ai.prompt.variable.anything.at.all',
    'llm.input_messages.0.message.content',
    'llm.input_messages.17.message.contents.3.message_content.text',
    'llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments',
    'llm.input_messages.1.message.function_call_arguments_json',
    'llm.prompts.0.prompt.text',
    'llm.prompt_template.variables',
    'reranker.query',
    'reranker.input_documents.0.document.content',
    'embedding.embeddings.0.embedding.text',
  ])('%s is input', (key) => {
    expect(classifyAttribute(key)).toBe('input');
  });

  it.each([
    'output.value',
    'gen_ai.output.messages',
    'gen_ai.completion',
    'gen_ai.tool.call.result',
    'gen_ai.retrieval.documents',
    'llm.output_messages.0.message.content',
    'llm.choices.0.completion.text',
    'retrieval.documents.0.document.content',
    'retrieval.documents.0.document.metadata',
    'reranker.output_documents.2.document.content',
  ])('%s is output', (key) => {
    expect(classifyAttribute(key)).toBe('output');
  });

  it.each([
    'input.mime_type',
    'llm.input_messages.0.message.role',
    'llm.input_messages.0.message.tool_call_id',
    'llm.input_messages.0.message.contents.0.message_content.image.image.url',
    'llm.input_messages',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.name',
    'retrieval.documents.0.document.id',
    'embedding.embeddings.0.embedding.vector',
    'gen_ai.tool.definitions',
    'gen_ai.request.model',
    'llm.invocation_parameters',
    'metadata',
    'content',
    'inputs',
    '__proto__',
    'constructor',
    '',
    '.',
    '...',
  ])('%s is neither input nor output', (key) => {
    expect(classifyAttribute(key)).toBe('other');
  });
});
