import { expect, it } from 'vitest';
import { createIdentifierCheck, isIdentifierKey } from './identifier-keys.ts';

it('an attribute is an identifier if any dialect declares it', () => {
  const dialect = {
    name: 'acme',
    title: 'Acme',
    describes: 'Acme',
    identifiers: { keys: ['acme.id'], suffixes: ['.ref'] },
  };
  const isAcme = createIdentifierCheck([dialect, { name: 'other', title: 'Other', describes: 'Other' }]);
  expect(['acme.id', 'a.0.ref', 'acme.ref', 'acme.id.0', 'acme.text', 'ref'].filter(isAcme)).toEqual([
    'acme.id',
    'a.0.ref',
    'acme.ref',
  ]);
});

it('the dialects declare names of models and providers and ids of responses and tool calls', () => {
  const identifiers = [
    'gen_ai.request.model',
    'gen_ai.response.id',
    'gen_ai.tool.call.id',
    'llm.model_name',
    'llm.output_messages.0.message.tool_calls.0.tool_call.id',
    'llm.input_messages.1.message.tool_call_id',
    'ai.model.id',
    'ai.toolCall.id',
    'throughline.project',
    'openinference.project.name',
  ];
  expect(identifiers.filter((key) => !isIdentifierKey(key))).toEqual([]);
  const personal = ['user.id', 'session.id', 'gen_ai.conversation.id', 'gen_ai.input.messages', 'llm.user'];
  expect(personal.filter(isIdentifierKey)).toEqual([]);
});
