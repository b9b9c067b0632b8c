import { cpuMsOf } from '@throughline/tests/cpu-time';
import { describe, expect, it } from 'vitest';
import type { Plain, RawSpanSketch } from '../testing/raw-span.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { mapContent, mapTexts } from './map-content.ts';
import { previews } from './previews.ts';

const content = (sketch: RawSpanSketch) => mapContent(rawSpan(sketch));
const of = (attributes: Record<string, Plain>) => content({ attributes });
const LLM = { 'openinference.span.kind': 'LLM' };
const CHAT = { 'gen_ai.operation.name': 'chat' };
const text = (role: string, value: string) => ({ role, parts: [{ type: 'text', content: value }] });

describe('messages of the GenAI convention', () => {
  const messages = [
    { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'f', arguments: { x: 1 } }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'ok' }] },
  ];

  it('are the same from JSON text and from native values', () => {
    expect(of({ ...CHAT, 'gen_ai.input.messages': JSON.stringify(messages) }).inputMessages).toEqual(
      messages,
    );
    expect(of({ ...CHAT, 'gen_ai.input.messages': messages as unknown as Plain }).inputMessages).toEqual(
      messages,
    );
    expect(
      of({ ...CHAT, 'gen_ai.input.messages': messages.map((one) => JSON.stringify(one)) }).inputMessages,
    ).toEqual(messages);
  });

  it('keep unknown parts and unknown keys', () => {
    const odd = [
      {
        role: 'assistant',
        finish_reason: 'stop',
        parts: [
          { type: 'compaction', id: '1', content: 'short' },
          { type: 'x', y: 1 },
        ],
      },
    ];
    expect(of({ 'gen_ai.output.messages': JSON.stringify(odd) }).outputMessages).toEqual(odd);
  });

  it('accept the older name of a tool result', () => {
    const older = '[{"role":"tool","parts":[{"type":"tool_call_response","id":"1","result":"rainy"}]}]';
    expect(of({ 'gen_ai.input.messages': older }).inputMessages).toEqual([
      { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', response: 'rainy' }] },
    ]);
  });

  it('start with the system instructions', () => {
    const input = JSON.stringify([messages[0]]);
    const instructions = '[{"type":"text","content":"Be brief."}]';
    const expected = [text('system', 'Be brief.'), text('user', 'Hi')];
    expect(
      of({ 'gen_ai.input.messages': input, 'gen_ai.system_instructions': instructions }).inputMessages,
    ).toEqual(expected);
    expect(
      of({ 'gen_ai.input.messages': input, 'gen_ai.system_instructions': 'Be brief.' }).inputMessages,
    ).toEqual(expected);
    expect(of({ 'gen_ai.system_instructions': instructions }).inputMessages).toEqual([expected[0]]);
    const twice = JSON.stringify([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      messages[0],
    ]);
    expect(
      of({ 'gen_ai.input.messages': twice, 'gen_ai.system_instructions': instructions }).inputMessages,
    ).toEqual(expected);
  });

  it('are one text message if the text is not JSON', () => {
    expect(of({ ...CHAT, 'gen_ai.input.messages': 'Hello' }).inputMessages).toEqual([text('user', 'Hello')]);
    expect(of({ ...CHAT, 'gen_ai.prompt': 'Once upon', 'gen_ai.completion': 'a time' })).toMatchObject({
      inputMessages: [text('user', 'Once upon')],
      outputMessages: [text('assistant', 'a time')],
    });
  });

  it('keep integers that a double cannot hold', () => {
    const json =
      '[{"role":"assistant","parts":[{"type":"tool_call","name":"f","arguments":{"id":1234567890123456789,"n":3}}]}]';
    expect(of({ 'gen_ai.output.messages': json }).outputMessages?.[0]?.parts[0]).toMatchObject({
      arguments: { id: '1234567890123456789', n: 3 },
    });
  });
});

describe('content blocks of the providers', () => {
  const parts = (blocks: unknown) =>
    of({ ...CHAT, 'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: blocks }]) })
      .inputMessages?.[0]?.parts;

  it.each([
    ['OpenAI text', { type: 'input_text', text: 'a' }, { type: 'text', content: 'a' }],
    [
      'OpenAI picture',
      { type: 'image_url', image_url: { url: 'https://x/y.png', detail: 'low' } },
      { type: 'uri', modality: 'image', uri: 'https://x/y.png' },
    ],
    [
      'OpenAI picture in a data URL',
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
    ],
    [
      'OpenAI audio',
      { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
      { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: 'UklG' },
    ],
    [
      'OpenAI file',
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'file', modality: 'document', file_id: 'file-1' },
    ],
    [
      'Anthropic picture',
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' } },
      { type: 'blob', modality: 'image', mime_type: 'image/jpeg', content: '/9j/' },
    ],
    [
      'Anthropic document',
      { type: 'document', source: { type: 'url', url: 'https://x/y.pdf' } },
      { type: 'uri', modality: 'document', uri: 'https://x/y.pdf' },
    ],
    [
      'Anthropic thinking',
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'reasoning', content: 'hm', signature: 's' },
    ],
    [
      'Anthropic tool use',
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      { type: 'tool_call', id: 't', name: 'f', arguments: { a: 1 } },
    ],
    [
      'Anthropic tool result',
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: '{"a":1}' }], is_error: true },
      { type: 'tool_call_response', id: 't', response: { a: 1 }, is_error: true },
    ],
    [
      'Anthropic server tool',
      { type: 'server_tool_use', id: 's', name: 'web' },
      { type: 'server_tool_use', id: 's', name: 'web' },
    ],
    [
      'AI SDK tool call',
      { type: 'tool-call', toolCallId: 't', toolName: 'f', input: { a: 1 } },
      { type: 'tool_call', id: 't', name: 'f', arguments: { a: 1 } },
    ],
    [
      'AI SDK tool result',
      { type: 'tool-result', toolCallId: 't', toolName: 'f', output: { type: 'json', value: [1] } },
      { type: 'tool_call_response', id: 't', response: [1] },
    ],
    ['Gemini text', { text: 'a' }, { type: 'text', content: 'a' }],
    ['Gemini thought', { text: 'hm', thought: true }, { type: 'reasoning', content: 'hm' }],
    [
      'Gemini call',
      { functionCall: { name: 'f', args: { a: 1 } } },
      { type: 'tool_call', name: 'f', arguments: { a: 1 } },
    ],
    [
      'Gemini bytes',
      { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } },
      { type: 'blob', modality: 'video', mime_type: 'video/mp4', content: 'AAAA' },
    ],
  ])('%s', (_name, block, expected) => {
    expect(parts([block])).toEqual([expected]);
  });

  it('blocks of OpenAI chat completions are converted to messages', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '{"b":2}' },
      { role: 'assistant', content: 'Done', refusal: null },
    ];
    expect(of({ ...CHAT, 'gen_ai.input.messages': JSON.stringify(messages) }).inputMessages).toEqual([
      text('system', 'Be brief.'),
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: { b: 2 } }] },
      text('assistant', 'Done'),
    ]);
  });

  it('items of OpenAI responses are converted to messages although some have no role', () => {
    const items = [
      { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 'hm' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'ok' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
    ];
    expect(of({ ...CHAT, 'gen_ai.input.messages': JSON.stringify(items) }).inputMessages).toEqual([
      text('user', 'Hi'),
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm', id: 'r' },
          { type: 'tool_call', id: 'c', name: 'f', arguments: {} },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'ok' }] },
      text('assistant', 'Hello'),
    ]);
  });

  it('keep two equal calls without an id, but list the same call once', () => {
    const call = { type: 'function', function: { name: 'f', arguments: '{}' } };
    const one = [{ role: 'assistant', content: '', tool_calls: [call, call] }];
    expect(of({ 'gen_ai.output.messages': JSON.stringify(one) }).outputMessages?.[0]?.parts).toHaveLength(2);
    const both = [
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }],
        tool_calls: [{ id: 't', ...call }],
      },
    ];
    expect(of({ 'gen_ai.output.messages': JSON.stringify(both) }).outputMessages?.[0]?.parts).toHaveLength(1);
  });
});

describe('plain input and output', () => {
  it('are parsed to messages if they are the body of a model call', () => {
    const body = { model: 'claude', system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }] };
    const answer = { role: 'assistant', content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn' };
    const both = of({ ...LLM, 'input.value': JSON.stringify(body), 'output.value': JSON.stringify(answer) });
    expect(both.inputMessages).toEqual([text('system', 'Be brief.'), text('user', 'Hi')]);
    expect(both.outputMessages).toEqual([{ ...text('assistant', 'Hello'), finish_reason: 'end_turn' }]);
    const choices = {
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
    };
    expect(of({ ...LLM, 'output.value': JSON.stringify(choices) }).outputMessages).toEqual([
      { ...text('assistant', 'Hello'), finish_reason: 'stop' },
    ]);
    const gemini = {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
    };
    expect(of({ ...LLM, 'input.value': JSON.stringify(gemini) }).inputMessages).toEqual([
      text('system', 'Be brief.'),
      text('user', 'Hi'),
    ]);
  });

  it('stay text if they are data of the application', () => {
    const data = '{"input":[{"type":"invoice","content":"x"}],"messages":3}';
    const chain = of({ 'openinference.span.kind': 'CHAIN', 'input.value': data });
    expect(chain.inputMessages).toBe(undefined);
    expect(chain.input).toEqual({ text: data, mimeType: 'application/json' });
  });

  it('take their media type from an attribute, otherwise from the text', () => {
    expect(of({ 'input.value': 'Hi', 'input.mime_type': 'text/plain' }).input).toEqual({
      text: 'Hi',
      mimeType: 'text/plain',
    });
    expect(of({ 'input.value': '{"a":1}' }).input).toEqual({ text: '{"a":1}', mimeType: 'application/json' });
    expect(of({ 'input.value': '42' }).input).toEqual({ text: '42' });
    expect(of({ 'input.value': { a: 1 } }).input).toEqual({ text: '{"a":1}', mimeType: 'application/json' });
  });
});

describe('flattened messages of OpenInference', () => {
  const at = (index: number, key: string) => `llm.input_messages.${index}.message.${key}`;

  it('are sorted by index, without gaps', () => {
    expect(
      of({
        ...LLM,
        [at(10, 'role')]: 'user',
        [at(10, 'content')]: 'b',
        [at(2, 'role')]: 'user',
        [at(2, 'content')]: 'a',
      }).inputMessages,
    ).toEqual([text('user', 'a'), text('user', 'b')]);
  });

  it('contain text, media, reasoning and tool calls', () => {
    expect(
      of({
        ...LLM,
        [at(0, 'role')]: 'user',
        [at(0, 'contents.0.message_content.type')]: 'text',
        [at(0, 'contents.0.message_content.text')]: 'Look',
        [at(0, 'contents.1.message_content.type')]: 'image',
        [at(0, 'contents.1.message_content.image.image.url')]: 'data:image/png;base64,AAAA',
        [at(0, 'contents.2.message_content.type')]: 'audio',
        [at(0, 'contents.2.message_content.audio.audio.url')]: 'https://x/a.mp3',
        [at(0, 'contents.2.message_content.audio.audio.mime_type')]: 'audio/mpeg',
        [at(0, 'contents.2.message_content.audio.audio.transcript')]: 'la la',
        [at(0, 'contents.3.message_content.type')]: 'video',
        [at(0, 'contents.3.message_content.video.video.url')]: 'https://x/v.mp4',
        [at(1, 'role')]: 'assistant',
        [at(1, 'name')]: 'bot',
        [at(1, 'contents.0.message_content.type')]: 'reasoning',
        [at(1, 'contents.0.message_content.text')]: 'hm',
        [at(1, 'contents.0.message_content.encrypted_content')]: 'secret',
        [at(1, 'tool_calls.0.tool_call.id')]: 'c',
        [at(1, 'tool_calls.0.tool_call.function.name')]: 'f',
        [at(1, 'tool_calls.0.tool_call.function.arguments')]: '{"a":1}',
        [at(1, 'tool_calls.0.tool_call.reasoning_signature')]: 'sig',
        [at(1, 'function_call_name')]: 'g',
        [at(1, 'function_call_arguments_json')]: '{"b":2}',
        [at(2, 'role')]: 'tool',
        [at(2, 'tool_call_id')]: 'c',
        [at(2, 'content')]: 'not json',
      }).inputMessages,
    ).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Look' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
          {
            type: 'uri',
            modality: 'audio',
            mime_type: 'audio/mpeg',
            uri: 'https://x/a.mp3',
            transcript: 'la la',
          },
          { type: 'uri', modality: 'video', uri: 'https://x/v.mp4' },
        ],
      },
      {
        role: 'assistant',
        name: 'bot',
        parts: [
          { type: 'reasoning', content: 'hm', encrypted_content: 'secret' },
          { type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 }, reasoning_signature: 'sig' },
          { type: 'tool_call', name: 'g', arguments: { b: 2 } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'not json' }] },
    ]);
  });

  it('include prompts and choices of text completions, and generated images', () => {
    expect(
      of({ ...LLM, 'llm.prompts.0.prompt.text': 'Once', 'llm.choices.0.completion.text': 'upon' }),
    ).toMatchObject({
      inputMessages: [text('user', 'Once')],
      outputMessages: [text('assistant', 'upon')],
    });
    expect(of({ ...LLM, 'output.images.0.image.url': 'https://x/y.png' }).outputMessages).toEqual([
      { role: 'assistant', parts: [{ type: 'uri', modality: 'image', uri: 'https://x/y.png' }] },
    ]);
  });

  it('contain all tool results although only the last one was flattened', () => {
    const body = {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: '1' },
            { type: 'tool_result', tool_use_id: 'b', content: '2' },
          ],
        },
      ],
    };
    expect(
      of({
        ...LLM,
        'input.value': JSON.stringify(body),
        [at(0, 'role')]: 'user',
        [at(0, 'tool_call_id')]: 'b',
        [at(0, 'content')]: '2',
      }).inputMessages?.[0]?.parts,
    ).toEqual([
      { type: 'tool_call_response', id: 'a', response: '1' },
      { type: 'tool_call_response', id: 'b', response: '2' },
    ]);
  });

  it('are mapped without parts if the limit of attributes cut them off', () => {
    expect(
      of({ ...LLM, [at(0, 'role')]: 'user', [at(0, 'content')]: 'a', [at(1, 'role')]: 'assistant' })
        .inputMessages,
    ).toEqual([text('user', 'a'), { role: 'assistant', parts: [] }]);
  });

  it('do not allocate memory for hostile indexes', () => {
    const hostile: Record<string, Plain> = { ...LLM };
    for (let n = 0; n < 12_000; n++) hostile[at(n * 9_999_991, 'content')] = `m${n}`;
    hostile['llm.input_messages.__proto__.message.content'] = 'x';
    hostile['llm.input_messages.99999999999999999999.message.content'] = 'x';
    // An array with as many places as the largest index would take minutes and gigabytes.
    const taken = cpuMsOf(() => expect(of(hostile).inputMessages).toHaveLength(10_000));
    expect(taken).toBeLessThan(10_000);
  });
});

describe('other content', () => {
  it('maps the call and the result of a tool', () => {
    expect(
      of({
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'search',
        'gen_ai.tool.call.id': 'c',
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.description': 'Searches',
        'gen_ai.tool.call.arguments': { q: 'x', page: 2 },
        'gen_ai.tool.call.result': 'nothing',
      }).tool,
    ).toEqual({
      name: 'search',
      callId: 'c',
      type: 'function',
      description: 'Searches',
      arguments: { q: 'x', page: 2 },
      result: 'nothing',
    });
    expect(
      of({
        'openinference.span.kind': 'TOOL',
        'tool.name': 'search',
        'tool.id': 'c',
        'tool.parameters': '{"type":"object"}',
        'input.value': '{"q":"x"}',
        'output.value': 'nothing',
      }).tool,
    ).toEqual({
      name: 'search',
      callId: 'c',
      schema: { type: 'object' },
      arguments: { q: 'x' },
      result: 'nothing',
    });
  });

  it('maps the query and the documents of retrievers and rerankers', () => {
    const document = {
      'document.id': '7',
      'document.content': 'Free',
      'document.score': 0.5,
      'document.metadata': '{"page":1}',
    };
    const under = (prefix: string) =>
      Object.fromEntries(Object.entries(document).map(([key, value]) => [prefix + key, value]));
    const expected = { id: '7', content: 'Free', score: 0.5, metadata: { page: 1 } };
    expect(
      of({ 'openinference.span.kind': 'RETRIEVER', 'input.value': 'q', ...under('retrieval.documents.0.') })
        .retrieval,
    ).toEqual({
      query: 'q',
      documents: [expected],
    });
    expect(
      of({
        'openinference.span.kind': 'RERANKER',
        'reranker.query': 'q',
        'reranker.top_k': 3,
        ...under('reranker.input_documents.4.'),
        ...under('reranker.output_documents.0.'),
      }).retrieval,
    ).toEqual({ query: 'q', topK: 3, inputDocuments: [expected], documents: [expected] });
    expect(
      of({
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.retrieval.query.text': 'q',
        'gen_ai.retrieval.top_k': 5,
        'gen_ai.retrieval.documents': [{ id: '7', score: 0.5, content: 'Free' }],
      }).retrieval,
    ).toEqual({ query: 'q', topK: 5, documents: [{ id: '7', score: 0.5, content: 'Free' }] });
  });

  it('maps the texts of an embedding, without the vectors', () => {
    expect(
      of({
        'openinference.span.kind': 'EMBEDDING',
        'embedding.embeddings.0.embedding.text': 'a',
        'embedding.embeddings.0.embedding.vector': [0.1, 0.2, 0.3],
        'embedding.embeddings.1.embedding.text': 'b',
        'embedding.embeddings.1.embedding.vector': '[0.1,0.2,0.3]',
      }).embedding,
    ).toEqual({ texts: ['a', 'b'], dimensions: 3, count: 2 });
  });

  it('maps prompt, parameters, tool definitions and metadata', () => {
    const found = of({
      ...LLM,
      'llm.prompt_template.template': 'Say {word}',
      'llm.prompt_template.variables': '{"word":"hi"}',
      'llm.prompt_template.version': 'v2',
      'prompt.id': 'p1',
      'gen_ai.prompt.name': 'greeting',
      'gen_ai.prompt.variable.tone': 'warm',
      'llm.invocation_parameters': '{"model":"gpt-4o","temperature":0.5,"tools":[]}',
      'gen_ai.request.temperature': 0.9,
      'gen_ai.request.max_tokens': 10,
      'gen_ai.request.model': 'gpt-4o',
      'openai.request.service_tier': 'flex',
      'llm.tools.0.tool.json_schema': '{"name":"f"}',
      'gen_ai.tool.definitions': '[{"name":"ignored"}]',
      metadata: '{"tenant":"acme"}',
    });
    expect(found.prompt).toEqual({
      name: 'greeting',
      version: 'v2',
      id: 'p1',
      template: 'Say {word}',
      variables: { word: 'hi' },
    });
    expect(found.parameters).toEqual({ temperature: 0.5, max_tokens: 10, service_tier: 'flex' });
    expect(found.toolDefinitions).toEqual([{ name: 'f' }]);
    expect(found.metadata).toEqual({ tenant: 'acme' });
  });

  it('is an empty object if the span has no content', () => {
    expect(of({ 'http.request.method': 'GET' })).toEqual({});
  });
});

describe('events that carry content', () => {
  it('are one per message before version 1.37', () => {
    const found = content({
      attributes: { 'gen_ai.system': 'openai', 'gen_ai.operation.name': 'chat' },
      events: [
        { name: 'gen_ai.system.message', attributes: { content: 'Be brief.' } },
        {
          name: 'gen_ai.user.message',
          attributes: { 'gen_ai.event.content': '{"role":"user","content":"Weather?"}' },
        },
        {
          name: 'gen_ai.assistant.message',
          attributes: {
            tool_calls: '[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]',
          },
        },
        { name: 'gen_ai.tool.message', attributes: { id: 'c', content: 'sunny' } },
        {
          name: 'gen_ai.choice',
          attributes: {
            index: 0,
            finish_reason: 'stop',
            message: { role: 'assistant', content: 'It is sunny.' },
          },
        },
      ],
    });
    expect(found.inputMessages).toEqual([
      text('system', 'Be brief.'),
      text('user', 'Weather?'),
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: {} }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'sunny' }] },
    ]);
    expect(found.outputMessages).toEqual([{ ...text('assistant', 'It is sunny.'), finish_reason: 'stop' }]);
  });

  it('are one for the prompt and one for the completion before version 1.29', () => {
    const found = content({
      attributes: CHAT,
      events: [
        {
          name: 'gen_ai.content.prompt',
          attributes: { 'gen_ai.prompt': '[{"role":"user","content":"Hi"}]' },
        },
        { name: 'gen_ai.content.completion', attributes: { 'gen_ai.completion': 'Hello' } },
      ],
    });
    expect(found).toMatchObject({
      inputMessages: [text('user', 'Hi')],
      outputMessages: [text('assistant', 'Hello')],
    });
  });

  it('are one details event since version 1.37', () => {
    const found = content({
      attributes: CHAT,
      events: [
        {
          name: 'gen_ai.client.inference.operation.details',
          attributes: {
            'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
            'gen_ai.input.messages': [text('user', 'Hi')],
            'gen_ai.output.messages': [{ ...text('assistant', 'Hello'), finish_reason: 'stop' }],
            'gen_ai.tool.definitions': [{ type: 'function', name: 'f' }],
          },
        },
      ],
    });
    expect(found).toMatchObject({
      inputMessages: [text('system', 'Be brief.'), text('user', 'Hi')],
      outputMessages: [{ ...text('assistant', 'Hello'), finish_reason: 'stop' }],
      toolDefinitions: [{ type: 'function', name: 'f' }],
    });
  });
});

describe('hostile content', () => {
  it('stays text if it is nested too deep', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(of({ ...CHAT, 'gen_ai.input.messages': deep }).inputMessages).toEqual([text('user', deep)]);
    expect(of({ 'gen_ai.tool.name': 'f', 'gen_ai.tool.call.arguments': deep }).tool?.arguments).toBe(deep);
    const numbers = `${'['.repeat(50_000)}1234567890123456789${']'.repeat(50_000)}`;
    expect(of({ ...CHAT, 'gen_ai.input.messages': numbers }).inputMessages).toEqual([text('user', numbers)]);
  });

  it('does not change prototypes', () => {
    const json =
      '[{"role":"__proto__","__proto__":{"polluted":true},"parts":[{"type":"__proto__","__proto__":{"polluted":true}}]}]';
    const found = of({
      ...CHAT,
      'gen_ai.input.messages': json,
      'gen_ai.request.__proto__': 'x',
      'gen_ai.prompt.variable.__proto__': 'x',
      metadata: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      'llm.invocation_parameters': '{"__proto__":{"polluted":true}}',
    });
    expect(found.inputMessages?.[0]?.role).toBe('__proto__');
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
    expect((found.metadata as Record<string, unknown>).polluted).toBe(undefined);
    expect((found.parameters as Record<string, unknown>).polluted).toBe(undefined);
  });

  it('content of 50 MB is mapped within 2 s', () => {
    const huge = 'word '.repeat(10_000_000);
    const taken = cpuMsOf(() => {
      const found = of({ ...LLM, 'input.value': huge, 'llm.input_messages.0.message.content': huge });
      expect(found.inputMessages?.[0]?.parts).toEqual([{ type: 'text', content: huge }]);
    });
    expect(taken).toBeLessThan(10_000);
  });
});

describe('mapTexts', () => {
  it('gives the previews of the whole content', () => {
    const spans = [
      {
        ...CHAT,
        'gen_ai.input.messages': 'Hi',
        'gen_ai.completion': 'Hello',
        'gen_ai.system_instructions': 'Be brief.',
      },
      { ...CHAT, 'gen_ai.input.messages': '[{"role":"system","content":"only"}]' },
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.call.arguments': '{"a":1}',
        'gen_ai.tool.call.result': '2',
      },
      {
        'openinference.span.kind': 'RETRIEVER',
        'input.value': 'q',
        'retrieval.documents.0.document.content': 'd',
      },
      { 'openinference.span.kind': 'CHAIN', 'input.value': 'in', 'output.value': 'out' },
    ].map((attributes) => rawSpan({ attributes }));
    for (const span of spans) expect(previews(mapTexts(span))).toEqual(previews(mapContent(span)));
    expect(spans.map((span) => previews(mapTexts(span)))).toEqual([
      { input: 'Hi', output: 'Hello' },
      { input: 'only' },
      { input: '{"a":1}', output: '2' },
      { input: 'q', output: 'd' },
      { input: 'in', output: 'out' },
    ]);
  });
});

describe('names that changed in the GenAI convention', () => {
  it('include the number of documents', () => {
    expect(of({ 'gen_ai.operation.name': 'retrieval', 'gen_ai.request.top_k': 4 }).retrieval).toEqual({
      topK: 4,
    });
    expect(of({ ...CHAT, 'gen_ai.request.top_k': 40 })).toEqual({ parameters: { top_k: 40 } });
  });

  it('include memory records, which are mapped to documents', () => {
    const records = '[{"id":"m","content":{"likes":"tea"},"score":0.9}]';
    expect(
      of({
        'gen_ai.operation.name': 'search_memory',
        'gen_ai.memory.query.text': 'drinks',
        'gen_ai.memory.records': records,
      }).retrieval,
    ).toEqual({ query: 'drinks', documents: [{ id: 'm', content: '{"likes":"tea"}', score: 0.9 }] });
  });
});
